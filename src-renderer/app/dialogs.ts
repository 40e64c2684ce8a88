import { create } from 'zustand';

interface DialogsStore {
  readonly isPaletteOpen: boolean;
  readonly isHelpOpen: boolean;
}

/** Which of the frame's own dialogs is open. */
export const useDialogs = create<DialogsStore>()(() => ({ isPaletteOpen: false, isHelpOpen: false }));

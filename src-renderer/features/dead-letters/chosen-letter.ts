import { create } from 'zustand';

/** The letter that is shown in full, by its id. */
export const useChosenLetter = create<{ readonly id: string | null }>()(() => ({ id: null }));

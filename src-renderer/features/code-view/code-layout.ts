import { z } from 'zod';
import { create } from 'zustand';
import { codeFormSchema } from '#shared/workflow/code/code-form.ts';

/** How the code beside the canvas looks; the same for every workflow, and as it was left after a restart. */
const codeLayoutSchema = z.object({
  isOpen: z.boolean().catch(false),
  form: codeFormSchema.catch('yaml'),
  width: z.number().min(280).max(1200).catch(480),
});
type CodeViewLayout = z.infer<typeof codeLayoutSchema>;

const storageKey = 'heddle.code';

export const useCodeLayout = create<CodeViewLayout>()(() => readCodeLayout(localStorage.getItem(storageKey)));

useCodeLayout.subscribe((layout) => localStorage.setItem(storageKey, JSON.stringify(layout)));

/** The layout in this text; whatever in it cannot be used is as at first. */
function readCodeLayout(text: string | null): CodeViewLayout {
  try {
    return codeLayoutSchema.parse(JSON.parse(text ?? '{}'));
  } catch {
    return codeLayoutSchema.parse({});
  }
}

let wantsFocus = false;

/** The code was asked for by a command: the cursor goes there as soon as it is shown. */
export function setWantsFocus(): void {
  wantsFocus = true;
}

/** Whether the cursor is to go into the code that is shown now; asked once. */
export function takeWantsFocus(): boolean {
  const wants = wantsFocus;
  wantsFocus = false;
  return wants;
}

import { toast } from 'sonner';
import { toCallError } from '../state/call-error.ts';
import { runCommand } from './commands.ts';
import { errorWords } from './error-words.ts';

/** Tells of a failed act in a corner, with the button that mends it. */
export function notifyError(thrown: unknown): void {
  const error = toCallError(thrown);
  if (error === null) return;
  const words = errorWords[error.code];
  const { action } = words;
  toast.error(words.what, {
    id: error.code,
    description: error.message,
    duration: 8_000,
    ...(action === undefined ? {} : { action: { label: action.label, onClick: () => runCommand(action.command) } }),
  });
}

/** Tells of something done, with its undo where there is one. */
export function notifyDone(text: string, undo?: () => Promise<void>): void {
  toast(text, {
    ...(undo === undefined ? {} : { action: { label: 'Undo', onClick: () => void undo().catch(notifyError) }, duration: 10_000 }),
  });
}

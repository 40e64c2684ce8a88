import { findCommandByKeys, runCommand } from './commands.ts';
import { toChord, worksWhileTyping } from './key-chord.ts';

const isMac = /Mac/.test(navigator.platform);

/** Lets the window's keys run commands until the returned function is called. What a panel has handled itself is left alone. */
export function listenToKeys(): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const chord = toChord(event, isMac);
    if (chord === null || (isTyping(event.target) && !worksWhileTyping(chord))) return;
    const command = findCommandByKeys(chord);
    if (command === undefined) return;
    event.preventDefault();
    runCommand(command.id);
  };
  window.addEventListener('keydown', onKeyDown);
  return () => window.removeEventListener('keydown', onKeyDown);
}

/** Keeps a key that types or presses a button from being a command's: for what floats over the canvas, whose commands are single letters. */
export function keepTypingKeys(event: { readonly nativeEvent: KeyboardEvent; stopPropagation(): void }): void {
  const chord = toChord(event.nativeEvent, isMac);
  if (chord === null || !worksWhileTyping(chord)) event.stopPropagation();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

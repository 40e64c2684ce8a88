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

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

const macSymbols: Readonly<Record<string, string>> = { Mod: '⌘', Ctrl: '⌃', Alt: '⌥', Shift: '⇧' };
const names: Readonly<Record<string, string>> = {
  Mod: 'Ctrl',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
};

/** A chord as this platform writes it: `Mod+Shift+K` becomes `Ctrl Shift K`, or `⌘⇧K` on a Mac. */
export function toKeyLabel(keys: string, isMac: boolean): string {
  const parts = keys.split('+').map((part) => (isMac ? (macSymbols[part] ?? names[part]) : names[part]) ?? part);
  return parts.join(isMac ? '' : ' ');
}

/** The parts of a keyboard event that make a chord. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** The chord of a key press as the registry writes it: modifiers in the order Mod, Ctrl, Alt, Shift, then the key. Null for a modifier alone. */
export function toChord(press: KeyPress, isMac: boolean): string | null {
  const key = toKeyName(press);
  if (key === null) return null;
  const isMod = isMac ? press.metaKey : press.ctrlKey;
  const parts = [isMod ? 'Mod' : '', isMac && press.ctrlKey ? 'Ctrl' : '', press.altKey ? 'Alt' : '', press.shiftKey ? 'Shift' : '', key];
  return parts.filter(Boolean).join('+');
}

/** True for chords that may act while the user is typing: those that type nothing. */
export function worksWhileTyping(chord: string): boolean {
  return /(^|\+)F\d+$/.test(chord) || /^(Mod|Ctrl|Alt)\+/.test(chord);
}

function toKeyName({ key, code }: KeyPress): string | null {
  if (['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'Dead', 'Unidentified'].includes(key)) return null;
  // With Alt or Shift, letters and figures come out as other signs; the place of the key does not change.
  const place = /^(?:Key|Digit)(.)$/.exec(code)?.[1];
  if (place !== undefined) return place;
  if (code === 'Backquote') return '`';
  return key === ' ' ? 'Space' : key.length === 1 ? key.toUpperCase() : key;
}

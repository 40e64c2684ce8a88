import { expect, it } from 'vitest';
import { type KeyPress, toChord, worksWhileTyping } from './key-chord.ts';

const press = (key: string, code: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

it('writes chords one way whatever was pressed first', () => {
  expect(toChord(press('K', 'KeyK', { ctrlKey: true, shiftKey: true }), false)).toBe('Mod+Shift+K');
  expect(toChord(press('F5', 'F5', { shiftKey: true }), false)).toBe('Shift+F5');
  expect(toChord(press('`', 'Backquote', { ctrlKey: true }), false)).toBe('Mod+`');
});

it('takes ⌘ for Mod on a Mac and keeps Ctrl apart there', () => {
  expect(toChord(press('k', 'KeyK', { metaKey: true }), true)).toBe('Mod+K');
  expect(toChord(press('k', 'KeyK', { ctrlKey: true }), true)).toBe('Ctrl+K');
});

it('goes by the place of a key where Alt changes its sign', () => {
  expect(toChord(press('†', 'KeyT', { altKey: true }), true)).toBe('Alt+T');
});

it('is silent for a modifier alone', () => {
  expect(toChord(press('Shift', 'ShiftLeft', { shiftKey: true }), false)).toBeNull();
});

it('lets only chords that type nothing act while typing', () => {
  expect(['Mod+K', 'F5', 'Shift+F5', 'Alt+N', 'A', 'Shift+A', 'Enter'].filter(worksWhileTyping)).toEqual([
    'Mod+K',
    'F5',
    'Shift+F5',
    'Alt+N',
  ]);
});

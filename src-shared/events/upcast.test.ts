import { describe, expect, it } from 'vitest';
import type { EventEnvelope } from './envelope.ts';
import { createUpcast } from './upcast.ts';

const upcast = createUpcast({ 'note.taken': 3, 'note.read': 1 }, [
  { type: 'note.taken', fromVersion: 1, up: (data) => ({ ...data, second: true }) },
  { type: 'note.taken', fromVersion: 2, up: (data) => ({ ...data, third: data.second ?? null }) },
]);

describe('upcasting', () => {
  it('takes every step from the stored version to the current one', () => {
    expect(upcast(event('note.taken', 1))).toEqual({ ...event('note.taken', 3), data: { text: 'a', second: true, third: true } });
    expect(upcast(event('note.taken', 2))).toEqual({ ...event('note.taken', 3), data: { text: 'a', third: null } });
  });

  it('leaves a current event as it is', () => {
    const current = event('note.read', 1);
    expect(upcast(current)).toBe(current);
  });

  it.each([
    ['a version from the future', event('note.taken', 4)],
    ['an unknown type', event('note.burned', 1)],
    ['a type named like a property of every object', event('constructor', 1)],
    ['a version that never was', event('note.taken', 0)],
  ])('refuses %s', (_, unknown) => {
    expect(() => upcast(unknown)).toThrow(expect.objectContaining({ code: 'journal.unknownEvent' }));
  });

  it('does not start with a gap, a double step or a step to nowhere', () => {
    const step = (type: string, fromVersion: number) => ({ type, fromVersion, up: (data: object) => ({ ...data }) });
    expect(() => createUpcast({ a: 3 }, [step('a', 2)])).toThrow('no upcaster from version 1');
    expect(() => createUpcast({ a: 2 }, [step('a', 1), step('a', 1)])).toThrow('doubled or leads nowhere');
    expect(() => createUpcast({ a: 1 }, [step('a', 1)])).toThrow('doubled or leads nowhere');
    expect(() => createUpcast({ a: 1 }, [step('b', 1)])).toThrow('doubled or leads nowhere');
  });
});

function event(type: string, version: number): EventEnvelope {
  return { stream: 's', seq: 1, type, version, atMs: 1, data: { text: 'a' } };
}

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mostPinBytes } from '#shared/contract/pins.ts';
import { createSimulatedClock } from '../../tests/support/simulated-clock.ts';
import { createPinFiles, type PinFiles } from './pins.ts';

let root: string;
let pins: PinFiles;
const path = 'brief.heddle.json';
const fileText = () => readFileSync(join(root, 'brief.pins.json'), 'utf8');

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'heddle-pins-'));
  pins = createPinFiles(root, createSimulatedClock());
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the pins of a workflow', () => {
  it('lie in a file beside it, sorted, and the last takes the file with it', async () => {
    const told: string[] = [];
    pins.onChange((changed) => told.push(changed));
    await pins.set(path, 'write', { text: 'b' });
    await pins.set(path, 'ask', { text: 'a' });
    expect(JSON.parse(fileText())).toEqual({ schemaVersion: 1, pins: { ask: { text: 'a' }, write: { text: 'b' } } });
    expect(fileText().indexOf('ask')).toBeLessThan(fileText().indexOf('write'));
    expect(await pins.list(path)).toEqual({ ask: { text: 'a' }, write: { text: 'b' } });
    await pins.remove(path, 'ask');
    expect(await pins.list(path)).toEqual({ write: { text: 'b' } });
    await pins.remove(path, 'write');
    expect(readdirSync(root)).toEqual([]);
    expect(told).toEqual([path, path, path, path]);
  });

  it('are none where there is no file, and all go at once', async () => {
    expect(await pins.list(path)).toEqual({});
    await pins.set(path, 'a', { x: 1 });
    await pins.set(path, 'b', { x: 1 });
    await pins.remove(path, null);
    expect(await pins.list(path)).toEqual({});
  });

  it('are changed one after the other, so that none is lost', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => pins.set(path, `n${index}`, { index })));
    expect(Object.keys(await pins.list(path))).toHaveLength(20);
  });

  it('go with the workflow when it is renamed or removed, and never over others', async () => {
    await pins.set(path, 'a', { x: 1 });
    await pins.moveWith(path, 'sub/other.heddle.json');
    expect(await pins.list('sub/other.heddle.json')).toEqual({ a: { x: 1 } });
    expect(await pins.list(path)).toEqual({});
    await pins.set(path, 'b', { x: 2 });
    await pins.moveWith(path, 'sub/other.heddle.json');
    expect(await pins.list('sub/other.heddle.json')).toEqual({ a: { x: 1 } });
    await pins.trashWith('sub/other.heddle.json');
    await pins.trashWith('nothing.heddle.json');
    expect(await pins.list('sub/other.heddle.json')).toEqual({});
    expect(readdirSync(join(root, '.heddle', 'trash'))).toEqual([expect.stringMatching(/-other\.pins\.json$/)]);
  });

  it('that are too large are refused, and what was there stays', async () => {
    await pins.set(path, 'a', { x: 1 });
    const large = 'x'.repeat(mostPinBytes - 100);
    await expect(pins.set(path, 'b', { x: `${large}${large}` })).rejects.toMatchObject({ code: 'pin.tooLarge' });
    for (const node of ['b', 'c', 'd', 'e']) await pins.set(path, node, { x: large });
    await expect(pins.set(path, 'f', { x: large })).rejects.toMatchObject({ code: 'pin.tooLarge' });
    expect(Object.keys(await pins.list(path))).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it.each([
    ['{"schemaVersion": 1, "pins": {"a": 5}}', 'pins.a'],
    ['{"schemaVersion": 1, ', 'it ends too early'],
    ['{"schemaVersion": 2, "pins": {}}', 'schemaVersion'],
  ])('in a file that says %s are refused, and the file stays', async (text, words) => {
    writeFileSync(join(root, 'brief.pins.json'), text);
    await expect(pins.list(path)).rejects.toMatchObject({ code: 'pin.invalid', message: expect.stringContaining(words) as string });
    await expect(pins.set(path, 'b', { x: 1 })).rejects.toMatchObject({ code: 'pin.invalid' });
    expect(fileText()).toBe(text);
  });

  it('lie in the workspace and nowhere else', async () => {
    mkdirSync(join(root, '.heddle'));
    for (const bad of ['../x.heddle.json', '.heddle/x.heddle.json', 'x.txt']) {
      await expect(pins.list(bad)).rejects.toMatchObject({ code: 'workflow.pathRefused' });
    }
  });
});

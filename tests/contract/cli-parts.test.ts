import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import { createHeddlePlace, type HeddlePlace } from '../support/heddle-place.ts';
import { toDocument } from '../support/workflow-builder.ts';

/** x → shout → twice → text. */
const document = toDocument(
  {
    start: { kind: 'input', config: { fields: [{ name: 'x', type: 'string', required: true }] } },
    shout: { kind: 'transform', config: { expression: 'start.x + "!"', outputType: 'string' } },
    twice: { kind: 'transform', config: { expression: 'shout.value + shout.value', outputType: 'string' } },
    text: { kind: 'output', config: { name: 'text' } },
  },
  ['start.x->shout.in', 'shout.value->twice.in', 'twice.value->text.value'],
);
const file = 'chain.heddle.json';

let place: HeddlePlace;
beforeEach(() => {
  place = createHeddlePlace();
  place.write(file, formatWorkflowFile(document));
});
afterEach(() => place.close());

const outputOf = async (...flags: string[]) => {
  const ended = await place.run(['run', file, ...flags]);
  return { exitCode: ended.exitCode, stdout: ended.stdout.trim(), stderr: ended.stderr };
};

describe('heddle run of a part', () => {
  // Eight processes, one after the other, on a machine that may be busy.
  test('takes what it needs from the newest run, from pins when asked to, or as it is given', { timeout: 120_000 }, async () => {
    expect(await outputOf('--only', 'twice')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('twice needs what shout gives, and that is neither pinned nor recorded.') as string,
    });
    expect(await outputOf('--input', 'x=hey')).toMatchObject({ exitCode: 0, stdout: 'hey!hey!' });
    const only = await outputOf('--only', 'twice');
    expect(only).toMatchObject({ exitCode: 0, stdout: 'hey!hey!' });
    expect(only.stderr).toContain('▶ Test workflow, only twice (run');
    expect(only.stderr).not.toContain('shout …');
    place.write('chain.pins.json', { schemaVersion: 1, pins: { shout: { value: 'pinned' } } });
    expect((await outputOf('--only', 'twice')).stdout).toBe('hey!hey!');
    expect((await outputOf('--only', 'twice', '--pins')).stdout).toBe('pinnedpinned');
    expect((await outputOf('--from', 'twice', '--pins', '--given', 'shout="typed"')).stdout).toBe('typedtyped');
    expect((await outputOf('--to', 'shout', '--input', 'x=ho')).stdout).toBe('ho!');
  });

  test('says in --json what it was of, and is replayed the same', async () => {
    const ended = await place.run(['run', file, '--only', 'twice', '--given', 'shout={"value": "typed"}', '--json']);
    const result = ended.lines().at(-1);
    expect(result).toMatchObject({
      status: 'succeeded',
      outputs: {},
      part: { mode: 'only', node: 'twice', outputs: { value: 'typedtyped' } },
    });
    const replay = await place.run(['replay', String(result?.runId), '--json']);
    expect(replay).toMatchObject({ exitCode: 0 });
    expect(replay.lines().at(-1)).toMatchObject({ isConsistent: true });
  });

  test.each([
    [['--only', 'shout', '--to', 'twice'], 'only one can be given'],
    [['--pins'], '--pins is for a run of a part'],
    [['--given', 'shout=1'], '--given is for a run of a part'],
    [['--only', 'nobody'], 'has no node "nobody". It has: start, shout, twice, text.'],
    [['--only', 'twice', '--given', 'shout'], 'has no node'],
    [['--only', 'twice', '--given', 'shout=typed'], '--given shout is not JSON'],
  ])('with %j is wrong usage', async (flags, words) => {
    expect(await outputOf(...flags)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(words) as string });
  });
});

test('pins are set, checked and go with their workflow, through the API', async () => {
  const { api } = await place.serve();
  await expect(api.pin.set({ path: file, node: 'shout', outputs: { value: 5 } })).rejects.toMatchObject({ code: 'pin.invalid' });
  await expect(api.pin.set({ path: file, node: 'text', outputs: {} })).rejects.toMatchObject({ code: 'pin.invalid' });
  await api.pin.set({ path: file, node: 'shout', outputs: { value: 'pinned' } });
  expect(readFileSync(join(place.workspace, 'chain.pins.json'), 'utf8')).toContain('pinned');
  const source = { type: 'file' as const, path: file };
  expect(await api.run.planPart({ source, part: { mode: 'from', node: 'twice' } })).toEqual({
    nodes: ['twice', 'text'],
    given: [{ node: 'shout', source: { type: 'pinned' }, isSkipped: false }],
    missing: [],
  });
  await api.workflow.rename({ path: file, newPath: 'other.heddle.json' });
  expect(await api.pin.list({ path: 'other.heddle.json' })).toEqual({ shout: { value: 'pinned' } });
  await api.workflow.remove({ path: 'other.heddle.json' });
  expect(await api.pin.list({ path: 'other.heddle.json' })).toEqual({});
});

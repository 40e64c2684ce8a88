import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import { createHeddlePlace, type HeddlePlace } from '../support/heddle-place.ts';
import { toDocument } from '../support/workflow-builder.ts';

/** Adds one in the sandbox, twice. */
const adding = (by: number) =>
  toDocument(
    {
      given: { kind: 'input', config: { fields: [{ name: 'n', type: 'number', required: true }] } },
      once: {
        kind: 'code',
        config: { source: 'return { n: inputs.n + 1 }', inputs: [{ name: 'n', type: 'number' }], outputs: [{ name: 'n', type: 'number' }] },
      },
      twice: {
        kind: 'code',
        config: {
          source: `return { n: inputs.n + ${by} }`,
          inputs: [{ name: 'n', type: 'number' }],
          outputs: [{ name: 'n', type: 'number' }],
        },
      },
      result: { kind: 'output', config: { name: 'n' } },
    },
    ['given.n->once.n', 'once.n->twice.n', 'twice.n->result.value'],
  );

let place: HeddlePlace;
let runId: string;

beforeAll(async () => {
  place = createHeddlePlace();
  place.write('adding.heddle.json', formatWorkflowFile(adding(1)));
  place.write('other.heddle.json', formatWorkflowFile(adding(10)));
  const ended = await place.run(['run', 'adding.heddle.json', '--input', 'n=1', '--json']);
  const result = ended.lines().at(-1);
  expect(result).toMatchObject({ status: 'succeeded', outputs: { n: 3 } });
  runId = String(result?.runId);
});
afterAll(() => place.close());

describe('heddle replay', () => {
  test('of a run that comes out the same says so, with exit 0', async () => {
    const ended = await place.run(['replay', runId]);
    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`${runId} is consistent`) });
    const report = (await place.run(['replay', runId, '--json'])).lines();
    expect(report).toMatchObject([{ runId, isConsistent: true, divergences: [], outcome: 'succeeded' }]);
  });

  test('with another workflow shows what differs and where the journal has no answer, with exit 1', async () => {
    const ended = await place.run(['replay', runId, '--workflow', 'other.heddle.json']);
    expect(ended.exitCode).toBe(1);
    expect(ended.stdout).toMatch(/workflowChanged .*Node twice was changed/);
    expect(ended.stdout).toContain('twice#1/c1');
    expect(ended.stdout).toContain('no recorded answer; the nearest is twice#1/c1');
  });

  test('of a run that is not there is wrong usage', async () => {
    expect(await place.run(['replay', 'nothing'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('nothing') });
  });
});

describe('heddle fork', () => {
  test('takes over what an edited result leaves alone, and does the rest again', async () => {
    const ended = await place.run(['fork', runId, '--at', '5', '--result', 'once#1/c1={"value":{"n":40},"logs":[]}', '--json']);
    expect(ended.lines().at(-1)).toMatchObject({ status: 'succeeded', outputs: { n: 41 } });
    expect(ended.stderr).toContain('0 reused, 1 edited, 1 done again');
    const forkId = String(ended.lines().at(-1)?.runId);
    expect(await place.run(['replay', forkId])).toMatchObject({ exitCode: 0 });
  });

  test('takes another workflow or other inputs', async () => {
    const otherWorkflow = await place.run(['fork', runId, '--at', '1', '--workflow', 'other.heddle.json', '--json']);
    expect(otherWorkflow.lines().at(-1)).toMatchObject({ outputs: { n: 12 } });
    expect(otherWorkflow.stderr).toContain('1 reused, 0 edited, 1 done again');
    const otherInput = await place.run(['fork', runId, '--at', '1', '--set-input', 'n=5', '--json']);
    expect(otherInput.lines().at(-1)).toMatchObject({ outputs: { n: 7 } });
  });

  test('refuses what it cannot read', async () => {
    expect(await place.run(['fork', runId])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--at') });
    expect(await place.run(['fork', runId, '--at', '1', '--result', 'once#1/c1=words'])).toMatchObject({ exitCode: 2 });
    expect(await place.run(['fork', runId, '--at', '1', '--rerun', 'nowhere#1'])).toMatchObject({ exitCode: 2 });
  });
});

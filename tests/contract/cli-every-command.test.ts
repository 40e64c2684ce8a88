import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import { createHeddlePlace, type HeddlePlace } from '../support/heddle-place.ts';
import { toDocument } from '../support/workflow-builder.ts';

const ofOneRun = [
  'resume',
  'replay',
  'fork',
  'events',
  'show',
  'approve',
  'deny',
  'resolve',
  'interrupt',
  'continue',
  'steer',
  'compensate',
  'collect',
];
const ofTheWorkspace = ['runs', 'approvals', 'dead-letters', 'serve', 'doctor', 'compact', 'templates'];
const commands = ['run', 'code', ...ofOneRun, 'signal', ...ofTheWorkspace, 'backup', 'restore', 'export', 'import', 'history'];
const positionals: Readonly<Record<string, readonly string[]>> = {
  run: ['hello.heddle.json'],
  code: ['hello.heddle.json'],
  ...Object.fromEntries(ofOneRun.map((command) => [command, ['r1']])),
  signal: ['r1', 'go'],
  backup: ['somewhere'],
  restore: ['something'],
  export: ['hello.heddle.json', '--dry-run'],
  import: ['something'],
  history: ['hello.heddle.json'],
};

let place: HeddlePlace;
let runId: string;

beforeAll(async () => {
  place = createHeddlePlace();
  place.write(
    'hello.heddle.json',
    formatWorkflowFile(
      toDocument(
        {
          start: {
            kind: 'input',
            config: {
              fields: [
                { name: 'topic', type: 'string', required: true },
                { name: 'more', type: 'any' },
              ],
            },
          },
          ask: { kind: 'approval', config: { title: 'Go on?' } },
          out: { kind: 'output', config: { name: 'text' } },
          given: { kind: 'output', config: { name: 'more' } },
        },
        ['start.topic->ask.in', 'ask.approved->out.value', 'start.more->given.value'],
      ),
    ),
  );
  place.write('more.json', { list: [1, { two: 'ü' }] });
  place.write('words.txt', 'two\nlines\n');
  const ended = await place.run(['run', 'hello.heddle.json', '--input', 'topic=first', '--approve', 'all', '--json']);
  runId = String(ended.lines().at(-1)?.runId);
});
afterAll(() => place.close());

describe('every command', () => {
  test.each(commands)('%s tells how it is written, and refuses what it does not know with exit 2', async (command) => {
    const help = await place.run([command, '--help']);
    expect(help).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringMatching(new RegExp(`^Usage: heddle ${command}`)) });
    const unknown = await place.run([command, ...(positionals[command] ?? []), '--frobnicate']);
    expect(unknown).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(/--frobnicate[\s\S]*Usage: heddle/) });
  });

  test('refuses an argument too many', async () => {
    const extra = await place.run(['runs', 'surplus']);
    expect(extra).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('no place for "surplus"') });
  });

  test('without arguments is help', async () => {
    const ended = await place.run([]);
    expect(ended.exitCode).toBe(0);
    for (const command of commands) expect(ended.stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
  });
});

describe('--json', () => {
  test('of run: events with rising numbers, last the result with exactly the agreed keys, and nothing else', async () => {
    const ended = await place.run([
      ...['run', 'hello.heddle.json', '--input', 'topic=@words.txt', '--input', 'more=@more.json', '--approve', 'all', '--json'],
    ]);
    expect(ended.exitCode).toBe(0);
    const lines = ended.lines();
    const result = lines.at(-1) ?? {};
    expect(Object.keys(result)).toEqual(['type', 'runId', 'status', 'outputs', 'usage']);
    expect(result).toMatchObject({
      type: 'result',
      status: 'succeeded',
      outputs: { text: 'two\nlines\n', more: { list: [1, { two: 'ü' }] } },
      usage: { modelCalls: 0, toolCalls: 0, inputTokens: 0, outputTokens: 0 },
    });
    expect(lines.slice(0, -1).map(({ seq }) => seq)).toEqual(lines.slice(0, -1).map((_, index) => index + 1));
    expect(
      lines
        .slice(0, -1)
        .every(
          ({ stream, type, atMs }) => stream === `run/${String(result.runId)}` && typeof type === 'string' && typeof atMs === 'number',
        ),
    ).toBe(true);
    expect(ended.stderr).toBe('');
  });

  test('of events: the same lines that run printed, or those after a number', async () => {
    const all = (await place.run(['events', runId, '--json'])).lines();
    const tail = (await place.run(['events', runId, '--after', '3', '--json'])).lines();
    expect(tail).toEqual(all.slice(3));
    expect(all[0]).toMatchObject({ seq: 1, type: 'run.started' });
  });

  test('of a refusal before a run: one result line that says why', async () => {
    const ended = await place.run(['run', 'hello.heddle.json', '--input', 'topic', '--json']);
    expect(ended.exitCode).toBe(2);
    expect(ended.lines()).toMatchObject([{ type: 'result', runId: null, status: 'failed', error: { code: 'request.invalid' } }]);
  });

  test('of templates and runs: a line each', async () => {
    const templates = (await place.run(['templates', '--json'])).lines();
    expect(templates.map(({ id }) => id)).toEqual(expect.arrayContaining(['folder-brief', 'invoice-triage', 'research-write-review']));
    const runs = (await place.run(['runs', '--limit', '1', '--json'])).lines();
    expect(runs).toHaveLength(1);
    expect((await place.run(['runs', '--limit', 'few'])).exitCode).toBe(2);
  });
});

describe('history', () => {
  test('lists what was done to a workflow, the newest first, and changes nothing', async () => {
    const document = toDocument({ start: { kind: 'input', config: { fields: [] } } }, []);
    place.write('edited.heddle.json', formatWorkflowFile(document));
    expect(await place.run(['history', 'edited.heddle.json'])).toMatchObject({ exitCode: 0, stdout: 'Nothing was changed yet.\n' });
    const host = await place.serve();
    const { revision } = await host.api.workflow.get({ path: 'edited.heddle.json' });
    await host.api.workflow.save({ path: 'edited.heddle.json', baseRevision: revision, document: { ...document, name: 'Edited' } });
    await host.api.workflow.nameVersion({ path: 'edited.heddle.json', name: 'Good' });
    await host.kill();
    const lines = (await place.run(['history', 'edited.heddle.json', '--json'])).lines();
    expect(lines.map(({ what, name }) => [what, name])).toEqual([
      ['edited', 'Good'],
      ['begun', null],
    ]);
    const named = await place.run(['history', 'edited.heddle.json', '--named']);
    expect(named.stdout).toMatch(/^ +2 {2}\S+ {2}Save by a program \(changed the details of the workflow\) {2}“Good”\n$/);
    expect((await place.run(['history', 'edited.heddle.json', '--limit', '0'])).exitCode).toBe(2);
    const doctor = await place.run(['doctor']);
    expect(doctor.stdout).toMatch(/^history \S+: whole, 4 events$/m);
    expect(doctor.stdout).toMatch(/All is well: \d+ runs? and 1 history of edits checked\./);
  });
});

describe('approvals', () => {
  test('--approve ask stops with 3 and says how to go on; none denies; all grants', async () => {
    const run = (mode: string) => place.run(['run', 'hello.heddle.json', '--input', 'topic=x', '--approve', mode, '--json']);
    const [asked, denied, granted] = [await run('ask'), await run('none'), await run('all')];
    expect(asked).toMatchObject({ exitCode: 3 });
    expect(asked?.lines().at(-1)).toMatchObject({ status: 'waiting' });
    expect(granted).toMatchObject({ exitCode: 0 });
    expect(granted?.lines().at(-1)).toMatchObject({ outputs: { text: 'x' } });
    expect(denied?.lines().at(-1)).not.toMatchObject({ outputs: { text: 'x' } });
    expect(denied?.lines().some(({ type }) => type === 'approval.denied')).toBe(true);
    const words = await place.run(['run', 'hello.heddle.json', '--input', 'topic=x']);
    expect(words).toMatchObject({ exitCode: 3, stdout: '', stderr: expect.stringMatching(/waits for a person[\s\S]*heddle resume/) });
  });
});

describe('where', () => {
  test('a template runs in the current folder, with its sample inputs, and leaves a workflow file there', async () => {
    const ended = await place.run(['run', 'invoice-triage', '--approve', 'all', '--json']);
    expect(ended.exitCode).toBe(0);
    expect(ended.lines()[0]).toMatchObject({ type: 'run.started', data: { workflowPath: 'Invoice triage.heddle.json' } });
    expect((await place.run(['run', 'Invoice triage.heddle.json', '--approve', 'none'])).exitCode).not.toBe(3);
  });

  test('HEDDLE_WORKSPACE names the workspace, --workspace overrides it', async () => {
    const other = createHeddlePlace();
    try {
      expect((await other.run(['runs', '--json'], { HEDDLE_WORKSPACE: place.workspace })).lines().map((run) => run.runId)).toContain(runId);
      expect((await other.run(['runs', '--json', '--workspace', other.workspace], { HEDDLE_WORKSPACE: place.workspace })).lines()).toEqual(
        [],
      );
    } finally {
      await other.close();
    }
  });

  test('a reader that leaves in the middle of a run does not stop the run', async () => {
    const running = place.start(['run', 'hello.heddle.json', '--input', 'topic=unread', '--approve', 'all', '--json']);
    running.child.stdout?.destroy();
    const ended = await running.ended;
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    const [latest] = (await place.run(['runs', '--limit', '1', '--json'])).lines();
    expect(latest).toMatchObject({ status: 'succeeded' });
  });
});

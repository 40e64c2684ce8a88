import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#main/host/system-clock.ts';
import { createHeddleClient, type HeddleClient } from '#shared/contract/client.ts';
import type { WorkflowDocument, WorkflowNode } from '#shared/workflow/document.ts';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import { type Ended, heddle, type RunningCommand, startHeddle, startHostProgram } from '../support/heddle-process.ts';

let workspace: string;
let home: string;
let started: RunningCommand[];
let clients: HeddleClient[];

beforeEach(() => {
  workspace = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-cli-')));
  home = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-home-')));
  started = [];
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.close();
  for (const { child, ended } of started) {
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(workspace, { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true });
});

const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> => heddle(args, { cwd: workspace, home, env });
const node = (id: string, kind: string, name: string, config: WorkflowNode['config']): WorkflowNode => ({
  id,
  kind,
  name,
  position: { x: 0, y: 0 },
  config,
});
const edge = (from: string, to: string) => {
  const [fromNode = '', fromPort = ''] = from.split('.');
  const [toNode = '', toPort = ''] = to.split('.');
  return { from: { node: fromNode, port: fromPort }, to: { node: toNode, port: toPort } };
};
const start = node('start', 'input', 'Start', {
  fields: [
    { name: 'topic', type: 'string', required: true },
    { name: 'count', type: 'integer', default: 2 },
  ],
});
const out = node('out', 'output', 'Out', { name: 'text' });

function write(file: string, nodes: WorkflowNode[], edges: WorkflowDocument['edges'], folder = workspace): void {
  writeFileSync(join(folder, file), formatWorkflowFile({ schemaVersion: 1, name: file.split('.')[0] ?? file, nodes, edges }));
}
function writeHello(folder = workspace): void {
  write(
    'hello.heddle.json',
    [start, node('shout', 'transform', 'Shout', { expression: 'start.topic + "!" + string(start.count)', outputType: 'string' }), out],
    [edge('start.topic', 'shout.in'), edge('shout.value', 'out.value')],
    folder,
  );
}
function writeAsk(): void {
  write(
    'ask.heddle.json',
    [start, node('ask', 'approval', 'Ask', { title: 'Go on?' }), out],
    [edge('start.topic', 'ask.in'), edge('ask.approved', 'out.value')],
  );
}
/** A model that never answers. */
function writeEndless(): void {
  mkdirSync(join(workspace, 'scripts'), { recursive: true });
  writeFileSync(join(workspace, 'scripts', 'endless.script.json'), JSON.stringify({ version: 1, rules: [{ do: { wait: 'forever' } }] }));
  write(
    'endless.heddle.json',
    [start, node('think', 'prompt', 'Think', { model: 'scripted/endless', prompt: '{{ inputs.in }}' }), out],
    [edge('start.topic', 'think.in'), edge('think.text', 'out.value')],
  );
}

async function serve(
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<{ readonly url: string; readonly client: HeddleClient; readonly host: RunningCommand }> {
  const host = startHostProgram(['--workspace', workspace, ...args], { cwd: workspace, home, env: { HEDDLE_READY_JSON: '1', ...env } });
  started.push(host);
  const ready = JSON.parse(await host.sees(/"type":"ready"/)) as { url: string };
  const { origin, searchParams } = new URL(ready.url);
  const client = createHeddleClient({
    url: origin,
    token: searchParams.get('token') ?? '',
    WebSocketImpl: WebSocket,
    random: () => 0,
    schedule: systemClock.schedule,
  });
  clients.push(client);
  return { url: origin, client, host };
}

describe('heddle run', () => {
  test('prints the outputs on standard output, progress on standard error, and exits 0', async () => {
    writeHello();
    const ended = await run(['run', 'hello.heddle.json', '--input', 'topic=hi']);
    expect(ended).toMatchObject({ exitCode: 0, stdout: 'hi!2\n' });
    expect(ended.stderr).toContain('Shout ✔');
    expect(readFileSync(join(workspace, '.heddle', '.gitignore'), 'utf8')).toBe('*\n');
  });

  test('--json prints the journal and last the result', async () => {
    writeHello();
    writeFileSync(join(workspace, 'count.json'), '7');
    const ended = await run(['run', 'hello.heddle.json', '--input', 'topic=a=b', '--input', 'count=@count.json', '--json']);
    expect(ended.exitCode).toBe(0);
    const lines = ended.lines();
    expect(lines[0]).toMatchObject({
      seq: 1,
      type: 'run.started',
      data: { inputs: { topic: 'a=b', count: 7 }, startedBy: 'cli', workflowPath: 'hello.heddle.json' },
    });
    expect(lines.at(-2)).toMatchObject({ type: 'run.succeeded' });
    expect(lines.at(-1)).toMatchObject({ type: 'result', status: 'succeeded', outputs: { text: 'a=b!7' }, usage: { modelCalls: 0 } });
    expect(lines.slice(0, -1).map(({ seq }) => seq)).toEqual(lines.slice(0, -1).map((_, index) => index + 1));
    expect(lines[0]).toMatchObject({ data: { runId: lines.at(-1)?.runId } });
  });

  test('a file outside the workspace is run as a document', async () => {
    const elsewhere = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-elsewhere-')));
    try {
      writeHello(elsewhere);
      const ended = await run(['run', join(elsewhere, 'hello.heddle.json'), '--workspace', workspace, '--input', 'topic=x', '--json']);
      expect(ended.exitCode).toBe(0);
      expect(ended.lines()[0]).toMatchObject({ data: { workflowPath: null } });
      expect((await run(['runs', '--json'])).lines()).toMatchObject([{ status: 'succeeded' }]);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  test.each([
    ['an unknown command', ['walk'], /no command "walk"/],
    ['no file', ['run'], /is missing/],
    ['an unknown flag', ['run', 'hello.heddle.json', '--fast'], /--fast/],
    ['a file that is not there', ['run', 'nowhere.heddle.json'], /no file nowhere/],
    ['an input that the workflow does not have', ['run', 'hello.heddle.json', '--input', 'colour=red'], /no input "colour".*topic, count/],
    ['an input of the wrong type', ['run', 'hello.heddle.json', '--input', 'topic=x', '--input', 'count=1.5'], /count/],
    ['a missing input', ['run', 'hello.heddle.json'], /topic/],
    ['a wrong --approve', ['run', 'hello.heddle.json', '--approve', 'maybe'], /all, none or ask/],
    ['a workspace that is not there', ['runs', '--workspace', '/no/such/folder'], /no folder \/no\/such\/folder/],
    ['a workspace that is a file', ['runs', '--workspace', 'hello.heddle.json'], /is a file/],
    ['a malformed file', ['run', 'broken.heddle.json'], /broken\.heddle\.json/],
    ['a workflow with a cycle', ['run', 'cycle.heddle.json'], /cycle|loop/i],
    ['a run that is not there', ['resume', 'nobody'], /nobody/],
  ])('%s is wrong usage: exit 2 and what to do', async (_what, args, words) => {
    writeHello();
    writeFileSync(join(workspace, 'broken.heddle.json'), '{"heddle": 1, "name": ');
    const transform = { expression: 'inputs.in', outputType: 'any' };
    write(
      'cycle.heddle.json',
      [node('a', 'transform', 'A', transform), node('b', 'transform', 'B', transform)],
      [edge('a.value', 'b.in'), edge('b.value', 'a.in')],
    );
    const ended = await run(args);
    expect(ended.stderr).toMatch(words);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).not.toContain('    at ');
  });

  test('a run that fails exits 1, and --json says why in the last line', async () => {
    write(
      'fails.heddle.json',
      [start, node('bad', 'transform', 'Bad', { expression: 'int(start.topic)', outputType: 'integer' }), out],
      [edge('start.topic', 'bad.in'), edge('bad.value', 'out.value')],
    );
    const ended = await run(['run', 'fails.heddle.json', '--input', 'topic=x', '--json']);
    expect(ended.exitCode).toBe(1);
    expect(ended.lines().at(-1)).toMatchObject({ type: 'result', status: 'failed', outputs: {}, error: { code: 'expression.failed' } });
  });

  test('an approval ends the command with 3, or is answered as --approve says', async () => {
    writeAsk();
    const waiting = await run(['run', 'ask.heddle.json', '--input', 'topic=x', '--json']);
    expect(waiting.exitCode).toBe(3);
    const { runId, status } = waiting.lines().at(-1) as { runId: string; status: string };
    expect(status).toBe('waiting');
    expect((await run(['run', 'ask.heddle.json', '--input', 'topic=x', '--approve', 'all'])).stdout).toBe('x\n');
    expect((await run(['resume', runId])).exitCode).toBe(3);

    const { client } = await serve();
    await expect.poll(async () => (await client.api.approval.list()).map((approval) => approval.runId)).toEqual([runId]);
    const resuming = startHeddle(['resume', runId, '--json'], { cwd: workspace, home });
    expect((await resuming.ended).exitCode).toBe(3);
    const [approval] = await client.api.approval.list();
    await client.api.approval.decide({ runId, approvalId: approval?.approvalId ?? '', answer: { type: 'grant' } });
    await expect.poll(async () => (await client.api.run.get({ runId })).status).toBe('succeeded');
    const shown = await run(['resume', runId, '--json']);
    expect(shown.exitCode).toBe(0);
    expect(shown.lines().at(-1)).toMatchObject({ status: 'succeeded', outputs: { text: 'x' } });
  });

  test('Ctrl-C cancels the run and waits for its end', async () => {
    writeEndless();
    const running = startHeddle(['run', 'endless.heddle.json', '--input', 'topic=x', '--json'], { cwd: workspace, home });
    started.push(running);
    await running.sees(/modelCall\.started/);
    running.child.kill('SIGINT');
    const ended = await running.ended;
    expect(ended.exitCode).toBe(1);
    expect(ended.lines().at(-1)).toMatchObject({ type: 'result', status: 'cancelled' });
  });

  test('a command killed in the middle leaves a run that resume takes up', async () => {
    writeEndless();
    const running = startHeddle(['run', 'endless.heddle.json', '--input', 'topic=x', '--json'], { cwd: workspace, home });
    started.push(running);
    const { runId } = (JSON.parse(await running.sees(/run\.started/)) as { data: { runId: string } }).data;
    await running.sees(/modelCall\.started/);
    running.child.kill('SIGKILL');
    await running.ended;
    expect((await run(['runs'])).stdout).toContain(`${runId}  running`);
    writeFileSync(join(workspace, 'scripts', 'endless.script.json'), JSON.stringify({ version: 1, rules: [{ do: { say: 'done' } }] }));
    const resumed = await run(['resume', runId]);
    expect(resumed).toMatchObject({ exitCode: 0, stdout: 'done\n' });
  });
});

describe('one writer', () => {
  test('commands go through the host that has the workspace open, and the host runs on when they end', async () => {
    writeHello();
    const { client, host } = await serve();
    const ended = await run(['run', 'hello.heddle.json', '--input', 'topic=hi']);
    expect(ended).toMatchObject({ exitCode: 0, stdout: 'hi!2\n' });
    const [summary] = await client.api.run.list({});
    expect(summary).toMatchObject({ status: 'succeeded' });
    expect((await run(['runs', '--json'])).lines()).toEqual([summary]);
    expect((await run(['events', summary?.runId ?? '', '--json'])).lines()).toEqual(
      await client.api.run.events({ runId: summary?.runId ?? '' }),
    );
    expect((await run(['doctor'])).exitCode).toBe(0);
    expect(host.child.exitCode).toBeNull();
  });

  test('a second host is refused with the address of the first, and may look on for reading', async () => {
    writeHello();
    const first = await serve();
    const { runId } = await first.client.api.run.start({ source: { type: 'file', path: 'hello.heddle.json' }, inputs: { topic: 'x' } });
    await expect.poll(async () => (await first.client.api.run.get({ runId })).status).toBe('succeeded');
    const refused = await run(['serve']);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain(first.url);

    const second = await serve(['--read-only']);
    expect(await second.client.api.host.info()).toMatchObject({ isReadOnly: true });
    expect(await second.client.api.run.list({})).toMatchObject([{ runId, status: 'succeeded' }]);
    expect(await second.client.api.run.events({ runId })).toEqual(await first.client.api.run.events({ runId }));
    await expect(
      second.client.api.run.start({ source: { type: 'file', path: 'hello.heddle.json' }, inputs: { topic: 'x' } }),
    ).rejects.toMatchObject({ code: 'host.readOnly' });
    await expect(second.client.api.workflow.create({ name: 'New' })).rejects.toMatchObject({ code: 'host.readOnly' });
  });

  test('a workspace whose writer was killed can be opened again', async () => {
    const first = await serve();
    first.host.child.kill('SIGKILL');
    await first.host.ended;
    const second = await serve();
    expect(await second.client.api.host.info()).toMatchObject({ isReadOnly: false });
  });

  test('a port in use is named, with the way on', async () => {
    const { url } = await serve();
    const other = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-other-')));
    try {
      const ended = await heddle(['serve', '--port', new URL(url).port], { cwd: other, home });
      expect(ended.exitCode).toBe(1);
      expect(ended.stderr).toMatch(new RegExp(`Port ${new URL(url).port} .*--port`));
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  test('the host ends with the process that started it, and lets go of the workspace', async () => {
    const { host } = await serve();
    host.child.disconnect();
    expect((await host.ended).exitCode).toBe(0);
    expect((await run(['doctor'])).exitCode).toBe(0);
    expect(() => statSync(join(workspace, '.heddle', 'owner.json'))).toThrow();
  });
});

describe('looking', () => {
  test('a reader that goes away is no error', async () => {
    writeHello();
    const { lines } = await run(['run', 'hello.heddle.json', '--input', 'topic=hi', '--json']);
    const runId = String(lines().at(-1)?.runId);
    const running = startHeddle(['events', runId, '--json'], { cwd: workspace, home });
    running.child.stdout?.destroy();
    const ended = await running.ended;
    expect(ended.stderr).toBe('');
    expect(ended.exitCode).toBe(0);
  });

  test('doctor says which run is damaged and from which event on; the others open', async () => {
    writeHello();
    const ids: string[] = [];
    for (const topic of ['a', 'b'])
      ids.push(String((await run(['run', 'hello.heddle.json', '--input', `topic=${topic}`, '--json'])).lines().at(-1)?.runId));
    expect(await run(['doctor'])).toMatchObject({ exitCode: 0 });
    const [damaged = '', whole = ''] = ids;
    const db = new Database(join(workspace, '.heddle', 'journal.db'));
    const edited = db.prepare(`UPDATE events SET data = replace(data, '"shout"', '"shoot"')
      WHERE key = (SELECT min(key) FROM events WHERE type = 'node.started' AND data LIKE '%"shout"%')`);
    expect(edited.run().changes).toBe(1);
    db.close();

    const words = await run(['doctor']);
    expect(words.exitCode).toBe(1);
    expect(words.stdout).toContain(`run ${damaged}: damaged from event 4 on`);
    expect(words.stdout).toContain(`run ${whole}: whole`);
    const json = (await run(['doctor', '--json'])).lines();
    expect(json).toContainEqual(expect.objectContaining({ type: 'run', runId: damaged, status: 'damaged', fromSeq: 4 }));
    expect(json.at(-1)).toMatchObject({ type: 'result', status: 'damaged' });
    expect((await run(['events', whole, '--json'])).exitCode).toBe(0);
    const refused = await run(['events', damaged, '--json']);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('4');
  });

  test('--help and --version answer at once', async () => {
    expect((await run(['--help'])).stdout).toContain('Exit codes');
    expect((await run(['run', '--help'])).stdout).toContain('--approve');
    expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('every bad key of the configuration is named with its place', async () => {
    writeFileSync(join(home, 'config.yaml'), 'port: many\ncolour: red\n');
    writeFileSync(join(home, 'settings.json'), JSON.stringify({ theme: 'purple' }));
    const ended = await run(['serve', '--port', '99999'], { HEDDLE_LOG_LEVEL: 'loud' });
    expect(ended.exitCode).toBe(2);
    for (const words of [
      /port \(file .*config\.yaml\)/,
      /colour \(file .*config\.yaml\)/,
      /logLevel \(environment variable HEDDLE_LOG_LEVEL\)/,
      /port \(flag --port\)/,
    ])
      expect(ended.stderr).toMatch(words);
    rmSync(join(home, 'config.yaml'));
    const settings = await run(['serve']);
    expect(settings).toMatchObject({ exitCode: 2 });
    expect(settings.stderr).toMatch(/settings\.json.*theme/);
  });
});

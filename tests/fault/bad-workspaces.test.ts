import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HeddleApi } from '#shared/contract/client.ts';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import { type EffectLedger, startEffectLedger } from '../support/effect-ledger.ts';
import { createHeddlePlace, type HeddlePlace } from '../support/heddle-place.ts';
import { canMount, type MountedDisk, mountDisk } from '../support/mounted-disk.ts';
import { toDocument } from '../support/workflow-builder.ts';

const isRoot = process.getuid?.() === 0;
const kilobyte = 1024;
const megabyte = 1024 * kilobyte;

let place: HeddlePlace;
let disk: MountedDisk | undefined;

beforeEach(() => {
  place = createHeddlePlace();
});
afterEach(async () => {
  await place.close();
  disk?.unmount();
  disk = undefined;
});

const hello = formatWorkflowFile(
  toDocument(
    {
      start: { kind: 'input', config: { fields: [{ name: 'topic', type: 'string', required: true }] } },
      out: { kind: 'output', config: { name: 'text' } },
    },
    ['start.topic->out.value'],
  ),
);
const runHello = ['run', 'hello.heddle.json', '--input', 'topic=hi'];

describe('a workspace that is no folder', () => {
  test.each([
    ['is not there', (root: string) => join(root, 'nowhere'), /There is no folder .*nowhere\. Create it/],
    ['is a file', (root: string) => join(root, 'hello.heddle.json'), /is a file; a workspace is a folder/],
  ])('%s: every command says so and exits 2', async (_what, toPath, words) => {
    place.write('hello.heddle.json', hello);
    const path = toPath(place.workspace);
    for (const command of [[...runHello, '--json'], ['doctor'], ['serve']]) {
      const ended = await place.run([...command, '--workspace', path]);
      expect.soft(ended, command.join(' ')).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(words) });
      if (command.includes('--json')) expect(ended.lines()).toMatchObject([{ type: 'result', error: { code: 'workspace.missing' } }]);
    }
    expect(readdirSync(place.workspace)).toEqual(['hello.heddle.json']);
  });

  test('goes away while a host serves it: what needs it is refused by name, and the host lives on', async () => {
    place.write('hello.heddle.json', hello);
    const { api } = await place.serve();
    rmSync(place.workspace, { recursive: true });
    await expect(api.workflow.list()).rejects.toMatchObject({
      code: 'workspace.missing',
      message: expect.stringContaining(place.workspace),
    });
    await expect(api.workflow.get({ path: 'hello.heddle.json' })).rejects.toMatchObject({
      code: 'workspace.missing',
    });
    expect(await api.run.list({})).toEqual([]);
  });

  test('has a file where .heddle should be', async () => {
    place.write('hello.heddle.json', hello);
    place.write('.heddle', 'not a folder');
    const ended = await place.run(runHello);
    expect(ended).toMatchObject({ exitCode: 1, stdout: '' });
    expect(ended.stderr).toMatch(/\.heddle cannot be created: there is a file of that name/);
  });
});

describe('a workspace that can only be read', () => {
  async function expectReadable(at: HeddlePlace, before: string): Promise<void> {
    const refused = await at.run(runHello);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toMatch(/open for reading only.*may not write to the folder\. Change its permissions/);
    expect((await at.run(['runs', '--json'])).lines()).toMatchObject([{ runId: before, status: 'succeeded' }]);
    expect((await at.run(['events', before, '--json'])).lines().at(-1)).toMatchObject({ type: 'run.succeeded' });
    expect(await at.run(['doctor'])).toMatchObject({ exitCode: 0 });

    const { api } = await at.serve();
    expect(await api.host.info()).toMatchObject({ isReadOnly: true, readOnlyReason: expect.stringContaining('may not write') });
    const opened = await api.workflow.get({ path: 'hello.heddle.json' });
    const refusal = { code: 'host.readOnly' };
    await expect(api.workflow.save({ path: opened.path, baseRevision: opened.revision, document: opened.document })).rejects.toMatchObject(
      refusal,
    );
    await expect(api.run.start({ source: { type: 'file', path: opened.path }, inputs: { topic: 'x' } })).rejects.toMatchObject(refusal);
    await expect(api.run.resume({ runId: before })).rejects.toMatchObject(refusal);
    expect(await api.run.events({ runId: before })).not.toHaveLength(0);
  }

  test.skipIf(!canMount)('because the disk is: it can be looked at, not changed', async () => {
    disk = mountDisk(4 * megabyte);
    const at = createHeddlePlace({ workspace: disk.folder });
    try {
      at.write('hello.heddle.json', hello);
      const { runId } = (await at.run([...runHello, '--json'])).lines().at(-1) as { runId: string };
      disk.makeReadOnly();
      await expectReadable(at, runId);
    } finally {
      await at.close();
    }
  });

  test.skipIf(isRoot || process.platform === 'win32')('because of its permissions: it can be looked at, not changed', async () => {
    place.write('hello.heddle.json', hello);
    const { runId } = (await place.run([...runHello, '--json'])).lines().at(-1) as { runId: string };
    chmodSync(place.workspace, 0o555);
    chmodSync(join(place.workspace, '.heddle'), 0o555);
    try {
      await expectReadable(place, runId);
    } finally {
      chmodSync(place.workspace, 0o755);
      chmodSync(join(place.workspace, '.heddle'), 0o755);
    }
  });
});

describe.skipIf(!canMount)('a full disk', () => {
  let at: HeddlePlace;
  let ledger: EffectLedger;

  beforeEach(async () => {
    disk = mountDisk(6 * megabyte);
    at = createHeddlePlace({ workspace: disk.folder });
    ledger = await startEffectLedger();
    at.settings({ grantedHosts: [ledger.host] });
  });
  afterEach(async () => {
    await at.close();
    await ledger.close();
  });

  const links = 12;
  /** Twelve posts one after the other; between them texts of 40 kB go through the journal. */
  const toChain = (origin: string) => {
    const posts = Array.from({ length: links }, (_, index) => index + 1);
    return formatWorkflowFile(
      toDocument(
        {
          start: { kind: 'input', config: { fields: [{ name: 'text', type: 'string', required: true }] } },
          ...Object.fromEntries(
            posts.flatMap(
              (n) =>
                [
                  [`post${n}`, { kind: 'tool', config: { tool: 'send_http_request', arguments: { url: `${origin}/post/${n}` } } }],
                  [
                    `pass${n}`,
                    { kind: 'transform', config: { expression: `post${n}.result.status == 200 ? start.text : ""`, outputType: 'string' } },
                  ],
                ] as const,
            ),
          ),
          out: { kind: 'output', config: { name: 'text' } },
        },
        [
          'start.text->post1.in',
          ...posts.map((n) => `post${n}.result->pass${n}.in`),
          ...posts.slice(1).map((n) => `pass${n - 1}.value->post${n}.in`),
          `pass${links}.value->out.value`,
        ],
      ),
    );
  };
  const text = 'all of this must be there in the end '.repeat(1100);
  const expectedEntries = Array.from({ length: links }, (_, index) => `/post/${index + 1}`);

  test('stops a run with its reason, reads go on, and after space was freed the run ends with nothing lost and nothing doubled', async () => {
    at.write('chain.heddle.json', toChain(ledger.origin));
    at.write('hello.heddle.json', hello);
    const { api, url } = await at.serve();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const earlier = await startAndSettle(api, 'hello.heddle.json', { topic: 'x' });
    disk?.fillTo(600 * kilobyte);
    const { runId } = await api.run.start({ source: { type: 'file', path: 'chain.heddle.json' }, inputs: { text }, approvalMode: 'all' });
    await expect.poll(async () => (await api.run.get({ runId })).error, { timeout: 20_000 }).not.toBeNull();

    const stopped = await api.run.get({ runId });
    expect(stopped).toMatchObject({
      status: 'interrupted',
      error: { code: 'journal.writeFailed', message: expect.stringMatching(/disk is full.*Free some space/) },
    });
    expect(ledger.entries.length).toBeGreaterThan(0);
    expect(ledger.entries.length).toBeLessThan(links);
    const kept = await api.run.events({ runId });
    expect(kept).toHaveLength(stopped.lastSeq);
    expect(await api.run.get({ runId: earlier })).toMatchObject({ status: 'succeeded' });
    const opened = await api.workflow.get({ path: 'hello.heddle.json' });
    disk?.fillTo(0);
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(503);
    await expect(
      api.workflow.save({
        path: opened.path,
        baseRevision: opened.revision,
        document: { ...opened.document, description: 'more '.repeat(1500) },
      }),
    ).rejects.toMatchObject({ code: 'workspace.full', message: expect.stringContaining('free some space') });
    expect(await api.workflow.get({ path: 'hello.heddle.json' })).toEqual(opened);

    disk?.free();
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 5_000 }).toBe(200);
    await api.run.resume({ runId });
    await answerDoubts(api, runId, ledger);
    const events = await api.run.events({ runId });
    expect(events.slice(0, kept.length)).toEqual(kept);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.at(-1)).toMatchObject({ type: 'run.succeeded', data: { outputs: { text } } });
    expect(ledger.entries).toEqual(expectedEntries);
    expect(await at.run(['doctor'])).toMatchObject({ exitCode: 0 });
  });

  test('from the command line: exit 1 with the reason, and `heddle resume` ends the run', async () => {
    at.write('chain.heddle.json', toChain(ledger.origin));
    writeFileSync(join(at.home, 'text.txt'), text);
    // The journal of a workspace that was used before; a new one would not have room for its first page.
    at.write('hello.heddle.json', hello);
    await at.run(runHello);
    disk?.fillTo(600 * kilobyte);
    const failed = await at.run([
      'run',
      'chain.heddle.json',
      '--input',
      `text=@${join(at.home, 'text.txt')}`,
      '--approve',
      'all',
      '--json',
    ]);
    expect(failed.exitCode).toBe(1);
    const result = failed.lines().at(-1) as { runId: string };
    expect(result).toMatchObject({
      status: 'failed',
      error: { code: 'journal.writeFailed', message: expect.stringContaining('disk is full') },
    });
    disk?.fillTo(0);
    expect((await at.run(['runs'])).stdout).toContain(`${result.runId}  running`);
    expect((await at.run(['doctor'])).exitCode).toBe(0);
    const full = await at.run(['resume', result.runId]);
    expect(full.exitCode).toBe(1);
    expect(full.stderr).toMatch(/disk is full.*[Ff]ree some space/);

    disk?.free();
    const resumed = await at.run(['resume', result.runId, '--json']);
    if (resumed.exitCode === 3) {
      const { api, kill } = await at.serve();
      await answerDoubts(api, result.runId, ledger);
      await kill();
    }
    const shown = await at.run(['resume', result.runId, '--json']);
    expect(shown.lines().at(-1)).toMatchObject({ status: 'succeeded', outputs: { text } });
    expect(ledger.entries).toEqual(expectedEntries);
  });

  test('has no room for a journal: it says so, and does not speak of damage', async () => {
    at.write('hello.heddle.json', hello);
    disk?.fillTo(8 * kilobyte);
    const ended = await at.run(runHello);
    expect(ended).toMatchObject({ exitCode: 1, stdout: '' });
    expect(ended.stderr).toMatch(/disk is full.*Free some space/i);
    expect(ended.stderr).not.toMatch(/backup|damaged/);
    disk?.free();
    expect(await at.run(runHello)).toMatchObject({ exitCode: 0, stdout: 'hi\n' });
  });

  /** A post whose answer could not be journalled is asked about: the ledger knows. */
  async function answerDoubts(api: HeddleApi, runId: string, { entries }: EffectLedger): Promise<void> {
    for (;;) {
      await expect.poll(async () => (await api.run.get({ runId })).status, { timeout: 20_000 }).not.toBe('running');
      if ((await api.run.get({ runId })).status !== 'waiting') return;
      const [approval] = (await api.approval.list()).filter((open) => open.runId === runId);
      if (approval?.subject.type !== 'outcomeUnknown') throw new Error(`Asked about ${JSON.stringify(approval)}`);
      const { pathname } = new URL(String(approval.subject.arguments.url));
      const decision = entries.includes(pathname)
        ? ({ type: 'assumeDone', result: { status: 200 } } as const)
        : ({ type: 'retry' } as const);
      await api.approval.decide({ runId, approvalId: approval.approvalId, answer: { type: 'resolve', decision } });
    }
  }
});

async function startAndSettle(api: HeddleApi, path: string, inputs: Record<string, string>): Promise<string> {
  const { runId } = await api.run.start({ source: { type: 'file', path }, inputs });
  await expect.poll(async () => (await api.run.get({ runId })).status).toBe('succeeded');
  return runId;
}

describe('somebody else was first', () => {
  test('on the port: exit 1, which port, and how to take another', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    try {
      const ended = await place.run(['serve', '--port', String(port)]);
      expect(ended).toMatchObject({ exitCode: 1, stdout: '' });
      expect(ended.stderr).toMatch(new RegExp(`Port ${port} .* is used by another program.*--port`));
      // The workspace was let go of.
      expect((await place.serve()).url).not.toContain(`:${port}`);
    } finally {
      taken.close();
    }
  });

  test('in the workspace, a command without an address: the next says which process, and looking is free', async () => {
    place.write('hello.heddle.json', hello);
    place.write('scripts/endless.script.json', { version: 1, rules: [{ do: { wait: 'forever' } }] });
    place.write(
      'endless.heddle.json',
      formatWorkflowFile(
        toDocument(
          {
            ask: { kind: 'prompt', config: { model: 'scripted/endless', prompt: 'x' } },
            out: { kind: 'output', config: { name: 'text' } },
          },
          ['ask.text->out.value'],
        ),
      ),
    );
    const first = place.start(['run', 'endless.heddle.json', '--json']);
    await first.sees(/modelCall\.started/);
    for (const command of [runHello, ['serve'], ['resume', 'r1']]) {
      const ended = await place.run(command);
      expect.soft(ended, command.join(' ')).toMatchObject({ exitCode: 1, stdout: '' });
      expect.soft(ended.stderr).toMatch(new RegExp(`open in another Heddle \\(process ${first.child.pid}\\)\\. Wait until it has ended`));
    }
    expect((await place.run(['runs', '--json'])).lines()).toMatchObject([{ status: 'running' }]);
    expect((await place.run(['doctor'])).exitCode).toBe(0);
    const looking = await place.serve(['--read-only']);
    expect(await looking.api.run.list({})).toMatchObject([{ status: 'running' }]);
  });
});

describe('a home that cannot be used', () => {
  test('because it is a file: exit 1, its name, and HEDDLE_HOME', async () => {
    place.write('hello.heddle.json', hello);
    const ended = await place.run(runHello, { HEDDLE_HOME: join(place.workspace, 'hello.heddle.json') });
    expect(ended).toMatchObject({ exitCode: 1, stdout: '' });
    expect(ended.stderr).toMatch(/hello\.heddle\.json cannot be created: there is a file of that name.*HEDDLE_HOME/);
  });

  test.skipIf(!canMount)('because it can only be read: runs go on without it, a host says what it lacks', async () => {
    disk = mountDisk(megabyte);
    disk.makeReadOnly();
    place.write('hello.heddle.json', hello);
    const env = { HEDDLE_HOME: disk.folder };
    expect(await place.run(runHello, env)).toMatchObject({ exitCode: 0, stdout: 'hi\n' });
    const refused = await place.run(['serve'], env);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toMatch(/token.*HEDDLE_HOME.*may not write/);
    const { api } = await place.serve(['--token', 'a-token-of-the-tests-with-enough-letters'], env);
    await expect(api.settings.save({ theme: 'dark' })).rejects.toMatchObject({
      code: 'workspace.readOnly',
      message: expect.stringContaining('settings.json'),
    });
    expect(await api.settings.get()).toMatchObject({ theme: 'system' });
    const below = await place.run(runHello, { HEDDLE_HOME: join(disk.folder, 'below') });
    expect(below).toMatchObject({ exitCode: 1 });
    expect(below.stderr).toMatch(/below cannot be created: .*HEDDLE_HOME/);
  });
});

describe('settings and configuration that cannot be used', () => {
  test.each([
    [
      'settings.json',
      '{ "theme": "purple", "maxParallelNodes": 0, "colour": 1 }',
      [/theme: /, /maxParallelNodes: /, /colour: there is no such setting/],
    ],
    [
      'settings.json',
      '{ "providers": [{ "id": "Bad Id", "kind": "openai", "label": "X", "baseUrl": "nowhere" }] }',
      [/providers\[0\]\.id: /, /providers\[0\]\.baseUrl: /],
    ],
    ['settings.json', '{ "theme": ', [/settings\.json/, /not JSON/]],
    ['config.json', '{ "port": "many", "logLevel": "loud" }', [/port \(file .*config\.json\)/, /logLevel \(file .*config\.json\)/]],
    ['config.json', '[]', [/config\.json cannot be read: it must hold settings by name/]],
    ['config.yaml', 'port: [1', [/config\.yaml cannot be read/]],
  ])('%s with %s: exit 2 and each key by name', async (file, text, words) => {
    place.write('hello.heddle.json', hello);
    writeFileSync(join(place.home, file), text);
    const ended = await place.run(runHello);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    for (const each of words) expect.soft(ended.stderr).toMatch(each);
    expect(ended.stderr).not.toMatch(/\n {4}at /);
  });

  test('a workspace may not set what belongs to the user', async () => {
    place.write('hello.heddle.json', hello);
    place.write('heddle.config.json', { token: 'a-token-of-the-tests-with-enough-letters' });
    const ended = await place.run(runHello);
    expect(ended.exitCode).toBe(2);
    expect(ended.stderr).toMatch(/token \(file .*heddle\.config\.json\): a workspace may not set this/);
  });

  test.each(['settings.json', 'config.json'])('a folder where %s should be', async (file) => {
    place.write('hello.heddle.json', hello);
    mkdirSync(join(place.home, file));
    const ended = await place.run(runHello);
    expect(ended.exitCode).toBe(2);
    expect(ended.stderr).toMatch(new RegExp(`${file}.* is a folder`));
    expect(ended.stderr).not.toMatch(/\n {4}at /);
  });
});

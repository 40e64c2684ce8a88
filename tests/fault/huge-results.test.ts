import { execFileSync } from 'node:child_process';
import { createWriteStream, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '#shared/base/json.ts';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import { createHeddlePlace, type HeddlePlace, type ServedHost, whenAtRest } from '../support/heddle-place.ts';
import { toDocument } from '../support/workflow-builder.ts';

const megabyte = 1024 * 1024;
const hugeBytes = 100 * megabyte;
const hostile = resolve(import.meta.dirname, '../peers/hostile-mcp-server.main.ts');
const floods = ['huge-result', 'large-result', 'stderr-flood', 'garbage-without-end'] as const;

let place: HeddlePlace;
let served: ServedHost;
let web: Server;

beforeAll(async () => {
  place = createHeddlePlace();
  await pipeline(hugePieces(), createWriteStream(join(place.workspace, 'huge.txt')));
  web = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    void pipeline(hugePieces(), response).catch(() => undefined);
  });
  await new Promise<void>((done) => web.listen(0, '127.0.0.1', done));
  const host = `127.0.0.1:${(web.address() as AddressInfo).port}`;
  place.settings({
    grantedHosts: [host],
    mcpServers: floods.map((id) => ({ id, command: process.execPath, args: [hostile, id], env: {}, secrets: {} })),
  });
  served = await place.serve();
  for (const { config, commandHash } of await served.api.mcp.list()) await served.api.mcp.approve({ id: config.id, commandHash });
  // Everything that is loaded with its first use is there before memory is measured.
  await runTool('read_file', { path: 'huge.txt', maxBytes: 10 });
  await runTool('fetch_url', { url: `http://${host}/`, method: 'HEAD' });
  await runTool('run_code', { source: 'return 1' });
});
afterAll(async () => {
  await place.close();
  web.close();
  web.closeAllConnections();
});

function* hugePieces() {
  const line = `${'all work and no play makes a long line '.repeat(26)}\n`;
  const piece = line.repeat(Math.ceil(megabyte / line.length));
  for (let bytes = 0; bytes < hugeBytes; bytes += piece.length) yield piece;
}

interface Finished {
  readonly status: string;
  readonly events: readonly { readonly type: string; readonly data: JsonObject }[];
  /** By how much the host's memory rose above what it had before, at its worst, where that can be told. */
  readonly risenBytes: number;
  readonly journalBytes: number;
}

async function runTool(tool: string, args: JsonObject): Promise<Finished> {
  const document = toDocument(
    { call: { kind: 'tool', config: { tool, arguments: args } }, out: { kind: 'output', config: { name: 'result' } } },
    ['call.result->out.value'],
  );
  return runDocument(document);
}

async function runDocument(document: ReturnType<typeof toDocument>): Promise<Finished> {
  const { api } = served;
  const journalBefore = journalSize();
  const toRisenBytes = startMeasuring();
  const { runId } = await api.run.start({ source: { type: 'document', document }, inputs: {}, approvalMode: 'all' });
  const { status } = await whenAtRest(api, runId);
  const risenBytes = toRisenBytes();
  return {
    status,
    events: (await api.run.events({ runId })) as unknown as Finished['events'],
    risenBytes,
    journalBytes: journalSize() - journalBefore,
  };
}

/** The most that the host's memory has risen since now; 0 where the system does not tell. */
function startMeasuring(): () => number {
  const status = `/proc/${served.host.child.pid}/status`;
  if (!existsSync(status)) return () => 0;
  const read = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(status, 'utf8'))?.[1]) * 1024;
  try {
    // Forgets the peak of earlier tests.
    writeFileSync(`/proc/${served.host.child.pid}/clear_refs`, '5');
  } catch {
    // Only the peak over all tests is known then, which is no less.
  }
  const startBytes = read('VmRSS');
  return () => read('VmHWM') - startBytes;
}

function journalSize(): number {
  const folder = join(place.workspace, '.heddle');
  return readdirSync(folder, { recursive: true }).reduce((sum, name) => {
    const stats = statSync(join(folder, String(name)), { throwIfNoEntry: false });
    return sum + (stats?.isFile() === true ? stats.size : 0);
  }, 0);
}

const resultOf = ({ events }: Finished) =>
  events.find(({ type }) => type === 'toolCall.completed')?.data as { result: never; isTruncated: boolean };

async function expectHealthy(finished: Finished): Promise<void> {
  expect(finished.risenBytes).toBeLessThan(200 * megabyte);
  // One result may have a megabyte; it stands in the call, in the node and in the output.
  expect(finished.journalBytes).toBeLessThan(8 * megabyte);
  expect((await served.api.host.info()).isReadOnly).toBe(false);
}

describe('a result of 100 MB', () => {
  test('from a file: the beginning, marked as a part', async () => {
    const finished = await runTool('read_file', { path: 'huge.txt' });
    expect(finished.status).toBe('succeeded');
    const { result, isTruncated } = resultOf(finished) as {
      result: { text: string; isComplete: boolean; sizeBytes: number };
      isTruncated: boolean;
    };
    expect(isTruncated).toBe(true);
    expect(result).toMatchObject({ isComplete: false, sizeBytes: statSync(join(place.workspace, 'huge.txt')).size });
    expect(result.text.length).toBeLessThanOrEqual(megabyte);
    expect(result.text.startsWith('all work and no play')).toBe(true);
    await expectHealthy(finished);
  });

  test('from the web: the beginning, marked as a part', async () => {
    const finished = await runTool('fetch_url', { url: `http://127.0.0.1:${(web.address() as AddressInfo).port}/` });
    expect(finished.status).toBe('succeeded');
    const { result, isTruncated } = resultOf(finished) as { result: { body: string }; isTruncated: boolean };
    expect(isTruncated).toBe(true);
    expect(result.body.length).toBeLessThanOrEqual(megabyte);
    expect(result.body).toContain('[truncated');
    await expectHealthy(finished);
  });

  test('from an MCP server, in one line: refused with words, and the server is asked again', async () => {
    const finished = await runTool('huge-result__act', {});
    expect(finished.events.find(({ type }) => type === 'toolCall.failed')?.data).toMatchObject({
      error: { code: 'tool.outputTooLarge', message: expect.stringMatching(/longer|too (large|long)|more than/) },
    });
    await expectHealthy(finished);
  });

  test('from an MCP server, 3 MB: cut and marked', async () => {
    const finished = await runTool('large-result__act', {});
    expect(finished.status).toBe('succeeded');
    expect(resultOf(finished).isTruncated).toBe(true);
    expect(JSON.stringify(resultOf(finished).result)).toContain('[truncated');
    await expectHealthy(finished);
  });

  test('from a script: refused, with the limit', async () => {
    const finished = await runTool('run_code', { source: `return 'x'.repeat(${20 * megabyte})` });
    expect(finished.status).toBe('failed');
    expect(finished.events.find(({ type }) => type === 'toolCall.failed')?.data).toMatchObject({
      error: { code: 'sandbox.threw', message: expect.stringContaining('Return less') },
    });
    await expectHealthy(finished);
  });
});

describe('a flood', () => {
  test('of an MCP server on its standard error: the call is answered, the flood is not kept', async () => {
    const finished = await runTool('stderr-flood__act', {});
    expect(finished.status).toBe('succeeded');
    expect(JSON.stringify(finished.events)).toContain('calm');
    expect(JSON.stringify(finished.events)).not.toContain('eeeeeeeeee');
    await expectHealthy(finished);
  });

  test.each([
    ['for ever', 'for (;;) console.log("still here", "x".repeat(1000))', 'sandbox.timedOut'],
    ['of a hundred thousand lines', 'for (let n = 0; n < 1e5; n += 1) console.log(n, "x".repeat(1000)); return { value: 1 }', undefined],
  ])('of log lines, %s: what is kept is bounded', async (_how, source, code) => {
    const finished = await runDocument(
      toDocument(
        {
          talk: { kind: 'code', config: { source, inputs: [], outputs: [{ name: 'value', type: 'any' }], limits: { wallMs: 1500 } } },
          out: { kind: 'output', config: { name: 'result' } },
        },
        ['talk.value->out.value'],
      ),
    );
    expect(finished.status).toBe(code === undefined ? 'succeeded' : 'failed');
    if (code !== undefined) expect(finished.events.at(-1)?.data).toMatchObject({ error: { code } });
    const logs = finished.events.filter(({ type }) => type === 'log.written');
    expect(logs.length).toBeLessThanOrEqual(1_001);
    if (code === undefined) expect(logs.at(-1)?.data).toMatchObject({ text: expect.stringContaining('log limit is reached') });
    expect(finished.journalBytes).toBeLessThan(megabyte);
    await expectHealthy(finished);
  });
});

describe('an input of 50 MB', () => {
  const echo = formatWorkflowFile(
    toDocument(
      {
        start: { kind: 'input', config: { fields: [{ name: 'text', type: 'string', required: true }] } },
        out: { kind: 'output', config: { name: 'text' } },
      },
      ['start.text->out.value'],
    ),
  );

  test('is refused everywhere with the way on, and nothing is begun', async () => {
    place.write('echo.heddle.json', echo);
    const text = 'x'.repeat(50 * megabyte);
    writeFileSync(join(place.home, 'text.txt'), text);
    const runsBefore = (await served.api.run.list({})).length;
    await expect(served.api.run.start({ source: { type: 'file', path: 'echo.heddle.json' }, inputs: { text } })).rejects.toMatchObject({
      code: 'request.tooLarge',
      message: expect.stringContaining('a file of the workspace'),
    });
    expect(served.client.status()).toBe('online');
    const args = ['run', 'echo.heddle.json', '--input', `text=@${join(place.home, 'text.txt')}`];
    const through = await place.run(args);
    expect(through).toMatchObject({ exitCode: 2, stdout: '' });
    expect(through.stderr).toContain('a file of the workspace');
    expect((await served.api.run.list({})).length).toBe(runsBefore);

    const alone = createHeddlePlace();
    try {
      alone.write('echo.heddle.json', echo);
      const ended = await alone.run(args);
      expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
      expect(ended.stderr).toMatch(/Input “text” has more than 8 MiB.*a file of the workspace/);
      expect((await alone.run(['runs'])).stdout).toBe('');
    } finally {
      await alone.close();
    }
  });

  test('of 5 MB is taken', async () => {
    place.write('echo.heddle.json', echo);
    writeFileSync(join(place.home, 'text.txt'), 'y'.repeat(5 * megabyte));
    const ended = await place.run(['run', 'echo.heddle.json', '--input', `text=@${join(place.home, 'text.txt')}`]);
    expect(ended.exitCode).toBe(0);
    expect(ended.stdout).toBe(`${'y'.repeat(5 * megabyte)}\n`);
  });
});

test('after all of that the journal is whole', () => {
  const words = execFileSync(
    process.execPath,
    [resolve(import.meta.dirname, '../../src-main/cli/main.ts'), 'doctor', '--workspace', place.workspace],
    {
      env: { ...process.env, HEDDLE_HOME: place.home },
    },
  ).toString();
  expect(words).toContain('All is well');
});

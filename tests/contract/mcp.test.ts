import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#main/host/system-clock.ts';
import { createMcpServers, type McpServers } from '#main/tools/mcp/mcp-servers.ts';
import { createFileTrust } from '#main/tools/mcp/trust.ts';
import { createToolbox } from '#main/tools/toolbox.ts';
import type { JsonObject } from '#shared/base/json.ts';
import { type McpServerConfig, mcpServerConfigSchema } from '#shared/contract/settings.ts';
import { createToolCall } from '../support/tool-call.ts';

const root = resolve(import.meta.dirname, '../..');
const node = process.execPath;
const peer = (name: string) => join(root, `node_modules/@modelcontextprotocol/server-${name}/dist/index.js`);

let home: string;
/** On the command line of every process of a test, so that those left over are found. */
let token: string;
let servers: McpServers;
let configs: McpServerConfig[];
let secrets: Record<string, string>;
const { signal } = new AbortController();

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'heddle-mcp-')));
  token = `token-${randomUUID()}`;
  configs = [];
  secrets = {};
  servers = createServers(5_000);
});
afterEach(async () => {
  await servers.close();
  expect(await findProcesses(token)).toEqual([]);
  await rm(home, { recursive: true, force: true });
});

const createServers = (startTimeoutMs: number, callTimeoutMs = 5_000) =>
  createMcpServers({
    configs: () => configs,
    trust: createFileTrust(join(home, 'trust.json')),
    readSecret: async (name) => secrets[name],
    clock: systemClock,
    startTimeoutMs,
    callTimeoutMs,
  });
/** Adds a server to the settings and approves it, as a person would. */
const add = async (config: Partial<McpServerConfig> & { id: string; command: string }) => {
  configs.push(mcpServerConfigSchema.parse(config));
  const status = servers.status().find((candidate) => candidate.config.id === config.id);
  await servers.approve(config.id, status?.commandHash ?? '');
};
const addHostile = (behaviour: string, more: Partial<McpServerConfig> = {}) =>
  add({
    id: 'peer',
    command: node,
    args: [join(root, 'tests/peers/hostile-mcp-server.main.ts'), behaviour, token],
    ...more,
  });
const call = async (name: string, args: JsonObject = {}, context = createToolCall()) =>
  await (await servers.find(name, signal))?.run(args, context);
/** The definitions of a server's tools, after asking it. */
const listTools = async (id: string) => {
  const { tools } = await servers.connect(id, signal);
  return servers.list().filter(({ name }) => tools.includes(name));
};
const findProcessesAfter = async (act: () => Promise<unknown>) => {
  await act();
  return await findProcesses(token);
};

describe('trust', () => {
  it('nothing starts before its exact command is approved, and the refusal shows it', async () => {
    configs = [mcpServerConfigSchema.parse({ id: 'peer', command: node, args: ['x.js', 'a b', token], env: { KEY: 'x' }, cwd: home })];
    const [status] = servers.status();
    for (const use of [servers.find('peer__act', signal), servers.connect('peer', signal)]) {
      await expect(use).rejects.toMatchObject({
        code: 'mcp.notApproved',
        message: expect.stringContaining(`KEY=x ${node} x.js "a b" ${token} (in ${home})`),
        details: {
          server: 'peer',
          command: node,
          args: ['x.js', 'a b', token],
          env: { KEY: 'x' },
          cwd: home,
          commandHash: status?.commandHash,
        },
      });
    }
    expect(status).toMatchObject({ status: 'notApproved', tools: [] });
  });

  it('an approval outlives the host, and any change of the command asks again', async () => {
    await addHostile('none');
    const again = createServers(5_000);
    expect(again.status()).toMatchObject([{ status: 'stopped' }]);
    const [config] = configs as [McpServerConfig];
    for (const changed of [
      { args: [...config.args, '--more'] },
      { command: 'node' },
      { env: { KEY: 'x' } },
      { secrets: { KEY: 'x' } },
      { cwd: '/tmp' },
    ]) {
      configs = [{ ...config, ...changed }];
      expect(again.status()).toMatchObject([{ status: 'notApproved' }]);
    }
    configs = [{ ...config, id: 'renamed' }];
    expect(again.status()).toMatchObject([{ status: 'stopped' }]);
  });

  it('an approval of a command that is not the one in the settings by now is refused', async () => {
    await addHostile('none');
    const [status] = servers.status();
    configs = configs.map((config) => ({ ...config, args: [...config.args, '--surprise'] }));
    await expect(servers.approve('peer', status?.commandHash ?? '')).rejects.toMatchObject({ code: 'mcp.notApproved' });
  });

  it('a revoked server is stopped and does not start again', async () => {
    await addHostile('none');
    await call('peer__act');
    await servers.revoke('peer');
    expect(await findProcesses(token)).toEqual([]);
    await expect(servers.find('peer__act', signal)).rejects.toMatchObject({ code: 'mcp.notApproved' });
  });

  it('a damaged file of approvals approves nothing', async () => {
    await writeFile(join(home, 'trust.json'), '{"version":1,"approved":');
    configs = [mcpServerConfigSchema.parse({ id: 'peer', command: node })];
    await expect(servers.find('peer__act', signal)).rejects.toMatchObject({ code: 'config.invalid' });
  });
});

describe('a server that behaves', () => {
  it('is started by its first use only, and its hints decide effect and approval', async () => {
    await addHostile('none');
    const toolbox = createToolbox({ builtins: [], mcp: servers });
    expect(toolbox.list()).toEqual([]);
    expect(await findProcesses(token)).toEqual([]);
    expect(await call('peer__act')).toEqual({ value: 'act done', isTruncated: false });
    expect(toolbox.list().map(({ name, effect, approval, source }) => ({ name, effect, approval, source }))).toEqual([
      { name: 'peer__act', effect: 'neither', approval: 'always', source: { type: 'mcp', server: 'peer' } },
      { name: 'peer__look', effect: 'idempotent', approval: 'never', source: { type: 'mcp', server: 'peer' } },
      { name: 'peer__set', effect: 'idempotent', approval: 'always', source: { type: 'mcp', server: 'peer' } },
    ]);
    expect(await findProcesses(token)).toHaveLength(1);
    await expect(toolbox.find('peer__none', signal)).rejects.toMatchObject({ code: 'tool.notFound' });
    await expect(toolbox.find('elsewhere__act', signal)).rejects.toMatchObject({ code: 'tool.notFound' });
  });

  it('is started once by many who come at once', async () => {
    await addHostile('none');
    await Promise.all(Array.from({ length: 20 }, () => call('peer__act')));
    expect(await findProcesses(token)).toHaveLength(1);
  });

  it('gets PATH, HOME, LANG and the secrets that the settings name, nothing else', async () => {
    process.env.HEDDLE_TEST_CANARY = 'secret';
    secrets = { api: 'the-value', OTHER: 'not asked for' };
    await addHostile('environment', { secrets: { API_KEY: 'api' } });
    const names = String((await call('peer__act'))?.value).split(' ');
    delete process.env.HEDDLE_TEST_CANARY;
    expect(names.filter((name) => !['HOME', 'LANG', 'PATH'].includes(name))).toEqual(['API_KEY', 'HEDDLE_MCP_MARK']);
    expect(await readFile(join(home, 'trust.json'), 'utf8')).not.toContain('the-value');
  });

  it('that needs a secret nobody stored does not start', async () => {
    await addHostile('none', { secrets: { API_KEY: 'api' } });
    await expect(call('peer__act')).rejects.toMatchObject({
      code: 'mcp.startFailed',
      message: expect.stringContaining('needs the secret api'),
    });
    expect(await findProcesses(token)).toEqual([]);
  });

  it('whose settings change is replaced', async () => {
    await addHostile('none');
    await call('peer__act');
    const before = await findProcesses(token);
    configs = [];
    await addHostile('tool-error');
    await expect(call('peer__act')).rejects.toMatchObject({ code: 'tool.failed' });
    await expect.poll(() => findProcesses(token)).toHaveLength(1);
    expect(await findProcesses(token)).not.toEqual(before);
  });
});

describe('a server that does not start', () => {
  it.each([
    ['crash-at-start', /exit code 3.*Its last words: cannot find my licence/s],
    ['crash-in-initialize', /exit code 4/],
    ['wrong-initialize', /was not understood/],
    ['unknown-protocol', /was not understood \(.*1999-01-01/],
  ])('%s', async (behaviour, message) => {
    await addHostile(behaviour);
    await expect(servers.find('peer__act', signal)).rejects.toMatchObject({
      code: 'mcp.startFailed',
      message: expect.stringMatching(message),
    });
    expect(servers.status()).toMatchObject([{ status: 'crashed' }]);
    expect(await findProcesses(token)).toEqual([]);
  });

  it('hangs: the start ends in time and the process is gone', async () => {
    await addHostile('hang-at-start');
    const impatient = createServers(500);
    const startedAt = performance.now();
    await expect(impatient.find('peer__act', signal)).rejects.toMatchObject({
      code: 'mcp.startFailed',
      message: expect.stringContaining('within 500 ms'),
    });
    expect(performance.now() - startedAt).toBeLessThan(500 + 2_000);
    expect(await findProcesses(token)).toEqual([]);
  });

  it('is not there', async () => {
    await add({ id: 'gone', command: '/nowhere/at-all' });
    await expect(servers.find('gone__x', signal)).rejects.toMatchObject({
      code: 'mcp.startFailed',
      message: expect.stringContaining('there is no command /nowhere/at-all'),
    });
    await add({ id: 'data', command: join(root, 'package.json') });
    await expect(servers.find('data__x', signal)).rejects.toMatchObject({
      code: 'mcp.startFailed',
      message: expect.stringContaining('may not be executed'),
    });
  });

  it('who stops waiting gets an answer at once', async () => {
    await addHostile('hang-at-start');
    const caller = new AbortController();
    const finding = expect(servers.find('peer__act', caller.signal)).rejects.toMatchObject({ code: 'run.cancelled' });
    await expect.poll(() => findProcesses(token)).toHaveLength(1);
    caller.abort();
    await finding;
  });
});

describe('listing tools', () => {
  it.each([
    ['hang-in-list', 'tool.timedOut'],
    ['crash-in-list', 'mcp.crashed'],
  ])('of a server with %s ends with %s', async (behaviour, code) => {
    await addHostile(behaviour);
    const impatient = createServers(2_000);
    await expect(impatient.connect('peer', signal)).rejects.toMatchObject({ code });
    await impatient.close();
  });

  it.each([
    ['endless-pages', 100],
    ['same-page', 1],
  ])('with %s ends', async (behaviour, count) => {
    await addHostile(behaviour);
    expect(await listTools('peer')).toHaveLength(count);
  });

  it('leaves out what is no tool and names the rest so that models accept them', async () => {
    await addHostile('broken-tools');
    const tools = await listTools('peer');
    expect(tools.map(({ name }) => name)).toEqual([
      'peer__good',
      expect.stringMatching(/^peer__w_ird_n_me__[0-9a-f]{6}$/),
      expect.stringMatching(/^peer__(long)+.*_[0-9a-f]{6}$/),
      'peer__bad-schema',
    ]);
    expect(tools.every(({ name }) => /^[a-zA-Z0-9_-]{1,64}$/.test(name))).toBe(true);
    const toolbox = createToolbox({ builtins: [], mcp: servers });
    expect(toolbox.checkArguments(tools[3]!, {})).toMatch(/own schema cannot be read/);
  });

  it('is done again when the server says that they changed', async () => {
    await addHostile('tools-change');
    await call('peer__kept');
    await expect.poll(async () => (await listTools('peer')).map(({ name }) => name)).toEqual(['peer__kept', 'peer__second']);
    expect(await servers.find('peer__first', signal)).toBeUndefined();
  });
});

describe('a call', () => {
  it.each([
    ['crash-in-call', 'mcp.crashed', /exit code 6.*Its last words: segmentation fault/s],
    ['kill-itself-in-call', 'mcp.crashed', /ended by SIGKILL/],
    ['close-stdout-in-call', 'mcp.crashed', /closed its output/],
    ['notification-flood', 'mcp.crashed', /without being asked/],
    ['huge-result', 'tool.outputTooLarge', /Ask it for less/],
    ['huge-result-id-first', 'tool.outputTooLarge', /Ask it for less/],
    ['wrong-shape', 'tool.failed', /does not follow the protocol/],
    ['tool-error', 'tool.failed', /the disk of the server is on fire/],
    ['protocol-error', 'tool.failed', /not today/],
    ['unknown-tool', 'tool.notFound', /no such tool/],
  ])('of a server with %s ends with %s', async (behaviour, code, message) => {
    await addHostile(behaviour);
    const before = process.memoryUsage().rss;
    await expect(call('peer__act')).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024);
  });

  it.each(['hang-in-call', 'garbage-without-end', 'deaf'])('of a server with %s ends at its timeout', async (behaviour) => {
    await addHostile(behaviour);
    const impatient = createServers(5_000, 400);
    const tool = await impatient.find('peer__act', signal);
    const startedAt = performance.now();
    await expect(tool?.run({}, createToolCall())).rejects.toMatchObject({ code: 'tool.timedOut' });
    expect(performance.now() - startedAt).toBeLessThan(400 + 1_000);
    await impatient.close();
  });

  it.each([
    ['garbage-on-stdout', 'act done'],
    ['stderr-flood', 'calm'],
    ['wrong-ids', 'yours'],
    ['asks-back', 'refused with -32601'],
    ['crash-after-result', 'last words'],
  ])('of a server with %s is answered all the same', async (behaviour, value) => {
    await addHostile(behaviour);
    expect(await call('peer__act')).toEqual({ value, isTruncated: false });
  });

  it('whose answer is large or deep is cut', async () => {
    await addHostile('large-result');
    const large = await call('peer__act');
    expect(large?.isTruncated).toBe(true);
    expect(String(large?.value).length).toBeLessThanOrEqual(1024 * 1024);
    configs = [];
    await addHostile('deep-result');
    const deep = await call('peer__act').catch((error: unknown) => error);
    expect(JSON.stringify(deep)).toMatch(/nested more than|does not follow the protocol/);
  });

  it('tells its progress, but not without bound', async () => {
    await addHostile('progress-then-result');
    const context = createToolCall();
    expect(await call('peer__act', {}, context)).toEqual({ value: 'done', isTruncated: false });
    expect(context.logged).toHaveLength(100);
    expect(context.logged[0]).toBe('1 of 300: step');
  });

  it('that is cancelled ends at once, and the server is told', async () => {
    await addHostile('hang-in-call');
    const caller = new AbortController();
    const tool = await servers.find('peer__act', signal);
    const running = expect(tool?.run({}, createToolCall(caller.signal))).rejects.toMatchObject({ code: 'run.cancelled' });
    setImmediate(() => caller.abort());
    await running;
    expect(servers.status()).toMatchObject([{ status: 'running' }]);
    const told = await servers.find('peer__look', signal);
    await expect.poll(async () => (await told?.run({}, createToolCall()))?.value).toBe('cancelled 1 so far');
  });

  it('after a crash starts the server again; the one in flight ended with mcp.crashed', async () => {
    await addHostile('crash-in-call');
    const tool = await servers.find('peer__act', signal);
    await expect(tool?.run({}, createToolCall())).rejects.toMatchObject({ code: 'mcp.crashed' });
    expect(servers.status()).toMatchObject([{ status: 'crashed' }]);
    const [again] = await Promise.all([servers.find('peer__look', signal)]);
    expect(again?.definition.name).toBe('peer__look');
    expect(await findProcesses(token)).toHaveLength(1);
  });

  it('waits longer with every crash in a row', async () => {
    await addHostile('crash-in-call');
    const crash = async () => {
      const startedAt = performance.now();
      await expect(call('peer__act')).rejects.toMatchObject({ code: 'mcp.crashed' });
      return performance.now() - startedAt;
    };
    await crash();
    await crash();
    const third = await crash();
    const fourth = await crash();
    expect(third).toBeGreaterThan(240);
    expect(fourth).toBeGreaterThan(490);
  });
});

describe('stopping', () => {
  it('ends the server, its children, those that left the group and those whose parent is gone, within two seconds', async () => {
    await addHostile('family');
    await call('peer__act');
    await expect.poll(async () => (await findProcesses(token)).length).toBeGreaterThanOrEqual(4);
    const startedAt = performance.now();
    expect(await findProcessesAfter(() => servers.stop('peer'))).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(2_500);
  });

  it('a server that crashes leaves no children either', async () => {
    await addHostile('family-crash');
    await expect(call('peer__act')).rejects.toMatchObject({ code: 'mcp.crashed' });
    await expect.poll(() => findProcesses(token), { timeout: 3_000 }).toEqual([]);
  });

  it('in the middle of a call ends it with mcp.crashed, in the middle of a start with a refusal', async () => {
    await addHostile('hang-in-call');
    const tool = await servers.find('peer__act', signal);
    const running = expect(tool?.run({}, createToolCall())).rejects.toMatchObject({
      code: 'mcp.crashed',
      message: expect.stringContaining('it was stopped'),
    });
    setImmediate(() => void servers.stop('peer'));
    await running;
    configs = [];
    await addHostile('hang-at-start');
    const finding = expect(servers.find('peer__act', signal)).rejects.toMatchObject({
      code: expect.stringMatching(/^(run\.cancelled|mcp\.startFailed)$/),
    });
    await expect.poll(() => findProcesses(token)).toHaveLength(1);
    await servers.close();
    await finding;
    await expect(servers.find('peer__act', signal)).rejects.toMatchObject({ code: 'mcp.startFailed' });
  });

  it('leaves no process after thirty rounds of starting and stopping', async () => {
    await addHostile('none');
    for (let round = 0; round < 30; round += 1) {
      await call('peer__act');
      await servers.stop('peer');
    }
    expect(await findProcesses(token)).toEqual([]);
  });
});

describe('the reference servers', () => {
  it('filesystem: lists, reads, refuses outside its folder', async () => {
    await writeFile(join(home, 'note.txt'), 'from the file');
    await add({ id: 'fs', command: node, args: [peer('filesystem'), home, token].slice(0, 2) });
    const tools = await listTools('fs');
    expect(tools.find(({ name }) => name === 'fs__read_text_file')).toMatchObject({ effect: 'idempotent', approval: 'never' });
    expect(tools.find(({ name }) => name === 'fs__edit_file')).toMatchObject({ approval: 'always' });
    const toolbox = createToolbox({ builtins: [], mcp: servers });
    for (const definition of tools)
      expect(toolbox.checkArguments(definition, { nothing: 1 }) ?? '').not.toMatch(/own schema cannot be read/);
    const read = await toolbox.find('fs__read_text_file', signal);
    expect(toolbox.checkArguments(read.definition, {})).toBe("the arguments must have required property 'path'.");
    expect(JSON.stringify(await read.run({ path: join(home, 'note.txt') }, createToolCall()))).toContain('from the file');
    await expect(read.run({ path: '/etc/passwd' }, createToolCall())).rejects.toMatchObject({
      code: 'tool.failed',
      message: expect.stringContaining('denied'),
    });
  });

  it('memory: keeps what it is told', async () => {
    await add({ id: 'memory', command: node, args: [peer('memory')], secrets: { MEMORY_FILE_PATH: 'place' } });
    secrets = { place: join(home, 'memory.jsonl') };
    await call('memory__create_entities', { entities: [{ name: 'Heddle', entityType: 'tool', observations: ['weaves'] }] });
    expect(JSON.stringify((await call('memory__read_graph'))?.value)).toContain('weaves');
    expect(await readFile(join(home, 'memory.jsonl'), 'utf8')).toContain('weaves');
  });

  it('everything: answers text, structure, pictures and progress', async () => {
    await add({ id: 'all', command: node, args: [peer('everything'), 'stdio'] });
    expect(await call('all__echo', { message: 'hello' })).toEqual({ value: 'Echo: hello', isTruncated: false });
    expect((await listTools('all')).length).toBeGreaterThan(5);
    const context = createToolCall();
    await call('all__trigger-long-running-operation', { duration: 0.2, steps: 2 }, context);
    expect(context.logged.length).toBeGreaterThanOrEqual(1);
    expect(JSON.stringify((await call('all__get-tiny-image'))?.value)).toContain('"type":"image"');
    expect((await call('all__get-structured-content', { location: 'New York' }))?.value).toMatchObject({ temperature: expect.any(Number) });
  });
});

/** The processes with this text on their command line, found without anything of ours. */
async function findProcesses(wanted: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const commandLine = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (commandLine.includes(wanted)) found.push(Number(name));
  }
  return found;
}

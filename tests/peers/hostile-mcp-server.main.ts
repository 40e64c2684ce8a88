/**
 * An MCP server that misbehaves on order: `node hostile-mcp-server.main.ts <behaviour> [token]`. It speaks the wire format by hand, because no
 * library would let it do these things. The token only makes its processes findable.
 */
import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { createInterface } from 'node:readline';

type Id = number | string;
interface Message {
  readonly id?: Id;
  readonly method?: string;
  readonly params?: {
    readonly name?: string;
    readonly cursor?: string;
    readonly requestId?: Id;
    readonly _meta?: { readonly progressToken?: Id };
  };
  readonly error?: { readonly code: number };
}
interface Behaviour {
  readonly atStart?: () => void;
  /** True when it has dealt with the request itself. */
  readonly onRequest?: (message: Message) => boolean | undefined;
}

const [behaviourName = '', token = ''] = process.argv.slice(2);
const say = (message: unknown) => process.stdout.write(`${JSON.stringify(message)}\n`);
const answer = (id: Id | undefined, result: unknown) => say({ jsonrpc: '2.0', id, result });
const text = (content: string) => ({ content: [{ type: 'text', text: content }] });
const tool = (name: string, more: object = {}) => ({ name, description: name, inputSchema: { type: 'object' }, ...more });
const onCall = (act: (message: Message) => void): Behaviour => ({
  onRequest: (message) => {
    if (message.method !== 'tools/call') return false;
    act(message);
    return true;
  },
});
const onMethod = (method: string, act: (message: Message) => void): Behaviour => ({
  onRequest: (message) => {
    if (message.method !== method) return false;
    act(message);
    return true;
  },
});
const never = () => undefined;
/** Lives until it is killed, ignoring SIGTERM. */
const stubborn = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.argv`;
let calls = 0;
let cancelled = 0;

const behaviours: Readonly<Record<string, Behaviour>> = {
  none: {},
  'crash-at-start': { atStart: () => process.stderr.write('cannot find my licence\n', () => process.exit(3)) },
  'hang-at-start': { onRequest: () => true },
  'crash-in-initialize': onMethod('initialize', () => process.exit(4)),
  'wrong-initialize': onMethod('initialize', ({ id }) => answer(id, { protocolVersion: 7 })),
  'unknown-protocol': onMethod('initialize', ({ id }) =>
    answer(id, { protocolVersion: '1999-01-01', capabilities: {}, serverInfo: { name: 'x', version: '1' } }),
  ),
  'hang-in-list': onMethod('tools/list', never),
  'crash-in-list': onMethod('tools/list', () => process.exit(5)),
  'endless-pages': onMethod('tools/list', ({ id, params }) => {
    const page = Number(params?.cursor ?? 0);
    answer(id, { tools: [tool(`page-${page}`)], nextCursor: String(page + 1) });
  }),
  'same-page': onMethod('tools/list', ({ id }) => answer(id, { tools: [tool('once')], nextCursor: 'same' })),
  'broken-tools': onMethod('tools/list', ({ id }) =>
    answer(id, {
      tools: [
        tool('good'),
        tool('good'),
        { name: 'no-schema' },
        'not a tool',
        tool('huge-schema', { inputSchema: { type: 'object', description: 'x'.repeat(400_000) } }),
        tool('wéird näme!'),
        tool(`${'long'.repeat(30)}`),
        tool('bad-schema', { inputSchema: { type: 'object', $ref: 'https://example.org/nowhere' } }),
      ],
    }),
  ),
  'crash-in-call': onCall(() => process.stderr.write('segmentation fault, not really\n', () => process.exit(6))),
  'kill-itself-in-call': onCall(() => process.kill(process.pid, 'SIGKILL')),
  'crash-after-result': onCall(({ id }) =>
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result: text('last words') })}\n`, () => process.exit(0)),
  ),
  'hang-in-call': onCall(({ id, params }) => {
    if (params?.name === 'look') answer(id, text(`cancelled ${cancelled} so far`));
  }),
  'close-stdout-in-call': onCall(() => {
    closeSync(1);
    setInterval(never, 1000);
  }),
  'garbage-on-stdout': {
    onRequest: ({ id }) => {
      process.stdout.write('Welcome to my server!\n{"half": \n\x00\x01\xff\xfe\n[]\n"text"\nnull\n{"jsonrpc":"1.0"}\n\n\n');
      process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: id ?? 0, neither: true })}\n`);
      return false;
    },
  },
  'garbage-without-end': onCall(() => setInterval(() => process.stdout.write('x'.repeat(65_536)), 1)),
  'stderr-flood': onCall(({ id }) => {
    let left = 2_000;
    const flood = () => {
      while (left-- > 0) if (!process.stderr.write('e'.repeat(20_000))) return void process.stderr.once('drain', flood);
      process.stderr.write('the end', () => answer(id, text('calm')));
    };
    flood();
  }),
  'notification-flood': onCall(() => {
    const flood = () => {
      while (
        process.stdout.write(
          `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } })}\n`,
        )
      );
      process.stdout.once('drain', flood);
    };
    flood();
  }),
  'progress-then-result': onCall(({ id, params }) => {
    const progressToken = params?._meta?.progressToken;
    for (let progress = 1; progress <= 300; progress += 1)
      say({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress, total: 300, message: 'step' } });
    say({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 'nobody', progress: 1 } });
    answer(id, text('done'));
  }),
  'huge-result': onCall(({ id }) => writeHuge(`{"result":{"content":[{"type":"text","text":"`, `"}]},"jsonrpc":"2.0","id":${id}}\n`)),
  'huge-result-id-first': onCall(({ id }) =>
    writeHuge(`{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"`, `"}]}}\n`),
  ),
  'large-result': onCall(({ id }) => answer(id, text('x'.repeat(3_000_000)))),
  'deep-result': onCall(({ id }) =>
    process.stdout.write(
      `{"jsonrpc":"2.0","id":${id},"result":{"content":[],"structuredContent":{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}}}\n`,
    ),
  ),
  'wrong-ids': onCall(({ id }) => {
    for (const other of [99_999, -1, 'nobody', 0]) answer(other, text('not yours'));
    answer(id, text('yours'));
    answer(id, text('again'));
  }),
  'wrong-shape': onCall(({ id }) => answer(id, { content: 'no list' })),
  'tool-error': onCall(({ id }) => answer(id, { ...text('the disk of the server is on fire'), isError: true })),
  'protocol-error': onCall(({ id }) => say({ jsonrpc: '2.0', id, error: { code: -32_000, message: 'not today' } })),
  'unknown-tool': onCall(({ id }) => say({ jsonrpc: '2.0', id, error: { code: -32_601, message: 'no such tool' } })),
  'asks-back': {
    onRequest: (message) => {
      if (message.method === 'tools/call') {
        calls = Number(message.id);
        say({ jsonrpc: '2.0', id: 'mine', method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } });
        return true;
      }
      if (message.id === 'mine') answer(calls, text(`refused with ${message.error?.code}`));
      return message.id === 'mine';
    },
  },
  'tools-change': {
    onRequest: ({ method, id }) => {
      if (method === 'tools/list') {
        answer(id, { tools: calls === 0 ? [tool('first'), tool('kept')] : [tool('kept'), tool('second')] });
        return true;
      }
      if (method === 'tools/call' && calls++ === 0) say({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
      return false;
    },
  },
  deaf: onCall(() => process.stdin.pause()),
  family: {
    atStart: () => {
      process.on('SIGTERM', never);
      // One in the group, one that left it, and one whose parent is gone.
      spawn(process.execPath, ['-e', stubborn, token], { stdio: 'inherit' });
      spawn(process.execPath, ['-e', stubborn, token], { stdio: 'ignore', detached: true }).unref();
      const orphaning = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stubborn)}, ${JSON.stringify(token)}], { stdio: 'ignore', detached: true }).unref()`;
      spawn(process.execPath, ['-e', orphaning, token], { stdio: 'ignore' });
    },
  },
  'family-crash': onCall(() => {
    const child = spawn(process.execPath, ['-e', stubborn, token], { stdio: 'inherit' });
    child.once('spawn', () => process.exit(8));
  }),
  environment: onCall(({ id }) => answer(id, text(Object.keys(process.env).sort().join(' ')))),
};

const behaviour = behaviours[behaviourName];
if (behaviour === undefined) throw new Error(`No behaviour ${behaviourName}`);
behaviour.atStart?.();

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line) as Message;
  if (message.method === 'notifications/cancelled') cancelled += 1;
  if (behaviour.onRequest?.(message) === true) return;
  if (message.method === 'initialize') {
    const serverInfo = { name: 'hostile', version: '1' };
    answer(message.id, { protocolVersion: '2025-06-18', capabilities: { tools: { listChanged: true } }, serverInfo });
  } else if (message.method === 'tools/list') {
    const tools = [
      tool('act'),
      tool('look', { annotations: { readOnlyHint: true } }),
      tool('set', { annotations: { idempotentHint: true } }),
    ];
    answer(message.id, { tools });
  } else if (message.method === 'tools/call') answer(message.id, text(`${message.params?.name} done`));
});
process.stdin.on('end', () => {
  if (behaviourName !== 'family' && behaviourName !== 'deaf') process.exit(0);
});

/** 100 MB in one line. */
function writeHuge(before: string, after: string): void {
  process.stdout.write(before);
  let left = 1_600;
  const write = () => {
    while (left-- > 0) if (!process.stdout.write('x'.repeat(65_536))) return void process.stdout.once('drain', write);
    process.stdout.write(after);
  };
  write();
}

/**
 * A host in memory for looking at the window without a journal, models or files: it serves the built page and answers
 * the contract. `node tests/support/fake-host.main.ts [port]` prints its address. Nothing of the product depends on it.
 */
import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { implement } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import sirv from 'sirv';
import { WebSocketServer } from 'ws';
import { toEditedWorkflows } from '#main/editing/edited-workflows.ts';
import { createHistories } from '#main/editing/histories.ts';
import { createMemoryEventStore } from '#main/event-store/memory-event-store.ts';
import { systemClock } from '#main/host/system-clock.ts';
import type { ErrorInfo } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import { contract, socketPath } from '#shared/contract/contract.ts';
import type { ProviderConfig } from '#shared/contract/providers.ts';
import type { OpenApproval, RunFollowItem } from '#shared/contract/runs.ts';
import { type McpServerStatus, type Settings, settingsSchema } from '#shared/contract/settings.ts';
import type { WorkflowFile } from '#shared/contract/workflows.ts';
import type { RunEvent } from '#shared/run/events.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import type { RunSummary } from '#shared/run/state.ts';
import { toRunSummary } from '#shared/run/summary.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { formatWorkflowFile, parseWorkflowFile } from '#shared/workflow/document-file.ts';
import { planWorkflow } from '#shared/workflow/plan.ts';
import { finish, reportText, type Step, storyWorkflow, tellStory, toEvent, toEvents } from './fake-story.ts';
import { createMemoryWorkflowFiles } from './memory-workflow-files.ts';

/** A value that can be watched: each listener gets the present one first, then every change. */
function createSignal<Value>(initial: Value) {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next: Value) {
      value = next;
      for (const listener of [...listeners]) listener();
    },
    async *watch(signal: AbortSignal | undefined): AsyncGenerator<Value, void, void> {
      while (!signal?.aborted) {
        const seen = value;
        yield seen;
        if (seen !== value) continue;
        await new Promise<void>((wake) => {
          const done = () => {
            listeners.delete(done);
            wake();
          };
          listeners.add(done);
          signal?.addEventListener('abort', done, { once: true });
        });
      }
    },
  };
}

const dayMs = 86_400_000;
const startedAtMs = Date.now();

const runs = new Map<string, RunEvent[]>();
const changed = createSignal(0);
const touch = () => changed.set(changed.get() + 1);
const deltaText = new Map<string, { readonly frame: string; readonly text: string }[]>();

function addRun(runId: string, steps: readonly Step[], atMs: number): void {
  runs.set(runId, [...toEvents(runId, steps, atMs)]);
}

addRun('run-000101', tellStory('run-000101', 'succeeds'), startedAtMs - 2 * dayMs);
addRun('run-000102', tellStory('run-000102', 'fails'), startedAtMs - 3_600_000);
addRun('run-000103', tellStory('run-000103', 'asks'), startedAtMs - 300_000);
for (let index = 0; index < 40; index += 1) {
  const runId = `run-0000${String(index).padStart(2, '0')}`;
  addRun(runId, tellStory(runId, index % 7 === 3 ? 'fails' : 'succeeds'), startedAtMs - (3 + index / 3) * dayMs);
}

const summaryOf = (runId: string): RunSummary => {
  const state = foldRun(runs.get(runId) ?? []);
  if (state === null) throw new Error(`No run ${runId}`);
  return toRunSummary(state);
};

/** Plays a story with its own pace, speaking while models speak. */
async function play(runId: string, steps: readonly Step[], pace: number): Promise<void> {
  const events = runs.get(runId) ?? [];
  runs.set(runId, events);
  for (const one of steps) {
    const last = events.at(-1);
    if (one.type === 'modelCall.completed' && last !== undefined)
      await speak(runId, (one.data.frame as string) ?? '', textOf(one), one.afterMs * pace);
    else await new Promise((wake) => setTimeout(wake, one.afterMs * pace));
    events.push(toEvent(runId, one, events.length + 1, Date.now()));
    touch();
  }
}

function textOf(one: Step): string {
  return ((one.data.answer as JsonObject | undefined)?.text as string) ?? '';
}

async function speak(runId: string, frame: string, text: string, forMs: number): Promise<void> {
  const pieces = text.match(/.{1,6}/gs) ?? [];
  for (const piece of pieces) {
    await new Promise((wake) => setTimeout(wake, forMs / pieces.length));
    deltaText.set(runId, [...(deltaText.get(runId) ?? []), { frame, text: piece }]);
    touch();
  }
}

const approvals = (): OpenApproval[] => [
  ...[...runs].flatMap(([runId, events]) => {
    const state = foldRun(events);
    if (state === null) return [];
    return Object.values(state.approvals)
      .filter((approval) => approval.decision.type === 'open')
      .map((approval) => ({
        runId,
        workflowName: state.workflow.name,
        approvalId: approval.approvalId,
        node: approval.node,
        nodeName: state.workflow.nodes.find((node) => node.id === approval.node)?.name ?? approval.node,
        frame: approval.frame,
        subject: approval.subject,
        requestedAtMs: approval.requestedAtMs,
        deadline: approval.deadline,
        escalatedTo: approval.escalatedTo,
      }));
  }),
  ...extraApprovals,
];

const callOf = (tool: string, args: JsonObject, type: 'toolCall' | 'outcomeUnknown') => ({
  runId: 'run-000103',
  workflowName: 'Invoice triage',
  approvalId: `${type}-1`,
  node: 'writer',
  nodeName: 'Files',
  frame: 'writer#1',
  subject: { type, tool, arguments: args, callFrame: 'writer#1/c1' } as const,
  requestedAtMs: startedAtMs - (type === 'toolCall' ? 60_000 : 30_000),
  deadline: null,
  escalatedTo: null,
});
let extraApprovals: OpenApproval[] = [
  callOf('write_file', { path: 'out/above-limit.csv', text: 'invoice,amount\nA-17,12400.00\nA-22,9800.50\n', mode: 'replace' }, 'toolCall'),
  callOf('http_fetch', { method: 'POST', url: 'https://bank.example/transfers', body: { amount: 12400 } }, 'outcomeUnknown'),
];

const documents = new Map<string, WorkflowDocument>([
  ['research-write-review.heddle.json', storyWorkflow],
  [
    'folder-brief.heddle.json',
    {
      ...storyWorkflow,
      name: 'Folder brief',
      nodes: storyWorkflow.nodes.map((node) =>
        node.id === 'brief' ? { ...node, config: { fields: [{ name: 'topic', type: 'string', default: 'Looms' }] } } : node,
      ),
    },
  ],
]);
const files = createMemoryWorkflowFiles(new Map([...documents].map(([path, document]) => [path, formatWorkflowFile(document)])));
let nextHistory = 1;
const histories = createHistories({
  store: createMemoryEventStore(),
  files,
  clock: systemClock,
  newId: () => `history-${nextHistory++}`,
  readOnlyReason: null,
  onProblem: (message) => console.warn(message),
});
const edited = toEditedWorkflows(files, histories);
const workflows = createSignal<WorkflowFile[]>([]);
const publishWorkflows = async () =>
  workflows.set([
    ...(await files.list()).map((file) => ({ ...file, name: parseWorkflowFile(files.texts.get(file.path) ?? '').name })),
    { path: 'notes/broken.heddle.json', name: 'broken', modifiedAtMs: startedAtMs, problem: 'Line 12: expected “,” or “}” after a value.' },
  ]);
files.onChange(() => void publishWorkflows());
void publishWorkflows();

let settings: Settings = settingsSchema.parse({
  theme: process.env.FAKE_THEME ?? 'dark',
  grants: [{ path: '/home/you/notes', access: 'read' }],
  prices: { 'openai/gpt-5': { input: 1.25, output: 10, cachedInput: 0.125 } },
});
let providers: ProviderConfig[] = [
  { id: 'scripted', kind: 'scripted', label: 'Scripted model', models: ['demo'] },
  { id: 'openai', kind: 'openai', label: 'OpenAI', keyName: 'OPENAI_API_KEY', models: ['gpt-5', 'gpt-5-mini'] },
];
const keys = new Set<string>();
let isUnlocked = false;
let servers: McpServerStatus[] = [
  {
    config: {
      id: 'files',
      command: 'npx',
      args: ['-y', '@modelcontextprotocol/server-filesystem', '/home/you/notes'],
      env: {},
      secrets: {},
    },
    commandLine: 'npx -y @modelcontextprotocol/server-filesystem /home/you/notes',
    commandHash: '9f2c8a6d1b04e7735a80c1d2e9f64b3a7750c2148de9a31f6b02c4d58e7f9a10',
    status: 'notApproved',
    message: null,
    tools: [],
  },
];

const templates = [
  {
    id: 'research-write-review',
    name: 'Research, write, review',
    description: 'Two researchers in parallel, a writer, and a question to you before anything is published.',
    tags: ['agents', 'approval'],
    nodeCount: 6,
    hasRecordedRun: true,
    isOwn: false,
    sketch: { nodes: [], edges: [] },
  },
  {
    id: 'folder-brief',
    name: 'Folder brief',
    description: 'An agent reads the texts of a folder and writes a brief with figures and quotations from them.',
    tags: ['files'],
    nodeCount: 4,
    hasRecordedRun: true,
    isOwn: false,
    sketch: { nodes: [], edges: [] },
  },
  {
    id: 'invoice-triage',
    name: 'Invoice triage',
    description: 'Sorts a CSV of invoices by amount and asks above a limit.',
    tags: ['code', 'branch'],
    nodeCount: 7,
    hasRecordedRun: false,
    isOwn: false,
    sketch: { nodes: [], edges: [] },
  },
];

const os = implement(contract);
type Refuse = { readonly REFUSED: (options: { readonly data: ErrorInfo }) => Error };
const refuse = (errors: Refuse, code: ErrorInfo['code'], message: string) => errors.REFUSED({ data: { code, message } });

type Sections = Parameters<typeof os.router>[0];

/** Refuses every procedure of a section: those that the window's screens need are answered after it. */
function refusals<Name extends keyof Sections>(section: Name): Sections[Name] {
  const builders = os[section] as unknown as Readonly<Record<string, { handler(answer: unknown): unknown }>>;
  const answer = ({ errors }: { readonly errors: Refuse }): never => {
    throw refuse(errors, 'request.notFound', 'The host for screens does not do this.');
  };
  return Object.fromEntries(
    Object.keys(contract[section]).map((name) => [name, builders[name]?.handler(answer)]),
  ) as unknown as Sections[Name];
}

/** What no screen here asks for. */
const otherSections = {
  bundle: refusals('bundle'),
  deadLetter: refusals('deadLetter'),
  journal: refusals('journal'),
  lane: refusals('lane'),
  pin: refusals('pin'),
};

const router = os.router({
  host: {
    info: os.host.info.handler(() => ({
      version: '0.1.0',
      pid: process.pid,
      workspace: '/home/you/market-notes',
      workspaceName: 'market-notes',
      isReadOnly: false,
      readOnlyReason: null,
      platform: process.platform,
      isFirstLaunch: process.env.FAKE_FIRST === '1',
      sandbox: { bubblewrap: true },
    })),
  },
  workspace: {
    listFolder: os.workspace.listFolder.handler(({ input }) =>
      input.path === ''
        ? [
            { name: 'sources', path: 'sources', type: 'folder' as const, bytes: 0 },
            { name: 'report.md', path: 'report.md', type: 'file' as const, bytes: reportText.length },
          ]
        : [1, 2, 3].map((index) => ({
            name: `q${index}-report.md`,
            path: `${input.path}/q${index}-report.md`,
            type: 'file' as const,
            bytes: 4211 * index,
          })),
    ),
    recent: os.workspace.recent.handler(() => []),
    readText: os.workspace.readText.handler(({ input }) => ({
      path: input.path,
      text: reportText,
      bytes: reportText.length,
      isTruncated: false,
    })),
  },
  workflow: {
    ...refusals('workflow'),
    list: os.workflow.list.handler(() => workflows.get()),
    get: os.workflow.get.handler(({ input, errors }) => {
      if (!files.texts.has(input.path))
        throw refuse(errors, 'workflow.malformed', `${input.path}: line 12: expected “,” or “}” after a value.`);
      return edited.open(input.path);
    }),
    create: os.workflow.create.handler(({ input: { name, document } }) =>
      edited.create(document === undefined ? { schemaVersion: 1, name, nodes: [], edges: [] } : { ...document, name }),
    ),
    save: os.workflow.save.handler(({ input }) => edited.save(input.path, input.baseRevision, input.document)),
    rename: os.workflow.rename.handler(({ input }) => edited.rename(input.path, input.newPath)),
    remove: os.workflow.remove.handler(async ({ input }) => {
      await edited.remove(input.path);
      return {};
    }),
    follow: os.workflow.follow.handler(({ input, signal }) =>
      histories.follow(input.path, input.window, signal ?? new AbortController().signal),
    ),
    edit: os.workflow.edit.handler(async ({ input }) => ({
      refused: [...(await histories.edit(input.path, input.window, input.commands))],
    })),
    versions: os.workflow.versions.handler(async ({ input: { path, ...page } }) => {
      const { entries, nextBefore } = await histories.versions(path, page);
      return { entries: [...entries], nextBefore };
    }),
    version: os.workflow.version.handler(async ({ input }) => ({ document: await histories.version(input.path, input.seq) })),
    nameVersion: os.workflow.nameVersion.handler(async ({ input: { path, seq, name } }) => {
      await histories.nameVersion(path, seq, name, { type: 'program' });
      return {};
    }),
    write: os.workflow.write.handler(({ input }) => histories.write(input.path, input.over)),
    validate: os.workflow.validate.handler(() => []),
    plan: os.workflow.plan.handler(({ input }) => planWorkflow(input.document)),
    watch: os.workflow.watch.handler(({ signal }) => workflows.watch(signal)),
  },
  template: {
    ...refusals('template'),
    list: os.template.list.handler(() => templates),
    get: os.template.get.handler(({ input, errors }) => {
      const template = templates.find((candidate) => candidate.id === input.id);
      if (template === undefined) throw refuse(errors, 'template.notFound', `No template ${input.id}.`);
      return {
        template,
        document: storyWorkflow,
        exampleInputs: { topic: 'Looms' },
        recordedRun: [...(runs.get('run-000101') ?? [])] as never,
      };
    }),
    instantiate: os.template.instantiate.handler(async () => ({
      ...(await edited.create(storyWorkflow)),
      exampleInputs: { topic: 'Looms' },
    })),
  },
  ...otherSections,
  run: {
    ...refusals('run'),
    start: os.run.start.handler(({ input, errors }) => {
      if (input.inputs.topic === 'fail') throw refuse(errors, 'run.inputInvalid', 'topic must be longer than four letters.');
      const runId = `run-${String(Date.now()).slice(-6)}`;
      void play(runId, tellStory(runId, 'asks'), Number(process.env.FAKE_PACE ?? 1));
      return { runId };
    }),
    list: os.run.list.handler(({ input }) => [...runs.keys()].map(summaryOf).slice(0, input.limit)),
    get: os.run.get.handler(({ input }) => summaryOf(input.runId)),
    events: os.run.events.handler(
      ({ input }) => (runs.get(input.runId) ?? []).slice(input.afterSeq, input.afterSeq + input.limit) as never,
    ),
    follow: os.run.follow.handler(async function* ({ input, signal, errors }): AsyncGenerator<RunFollowItem, void, void> {
      if (!runs.has(input.runId)) throw refuse(errors, 'run.notFound', `There is no run ${input.runId} in this workspace.`);
      let seq = input.afterSeq;
      let spoken = deltaText.get(input.runId)?.length ?? 0;
      let isLive = false;
      for await (const _tick of changed.watch(signal)) {
        const events = runs.get(input.runId) ?? [];
        for (; seq < events.length; seq += 1) yield { type: 'event', event: events[seq] as never };
        if (!isLive) yield { type: 'caughtUp', lastSeq: seq };
        isLive = true;
        const text = deltaText.get(input.runId) ?? [];
        for (; spoken < text.length; spoken += 1)
          yield { type: 'delta', frame: text[spoken]!.frame, delta: { type: 'text', text: text[spoken]!.text } };
        if (/^run\.(succeeded|failed|cancelled)$/.test(events.at(-1)?.type ?? '')) return;
      }
    }),
    watch: os.run.watch.handler(async function* ({ signal }) {
      const sent = new Map<string, number>();
      for await (const _tick of changed.watch(signal)) {
        for (const [runId, events] of runs) {
          if (events.length === 0 || sent.get(runId) === events.length) continue;
          sent.set(runId, events.length);
          yield summaryOf(runId);
        }
      }
    }),
    cancel: os.run.cancel.handler(({ input }) => {
      void play(input.runId, [{ type: 'run.cancelRequested', data: { reason: input.reason }, afterMs: 0 }], 1);
      return {};
    }),
    resume: os.run.resume.handler(() => ({})),
  },
  approval: {
    list: os.approval.list.handler(() => approvals()),
    watch: os.approval.watch.handler(async function* ({ signal }) {
      for await (const _tick of changed.watch(signal)) yield approvals();
    }),
    decide: os.approval.decide.handler(({ input, errors }) => {
      if (input.answer.type === 'deny' && input.answer.reason === 'fail')
        throw refuse(errors, 'approval.alreadyDecided', 'It was approved from the command line 3 s ago.');
      const extra = extraApprovals.find((approval) => approval.approvalId === input.approvalId);
      if (extra !== undefined) {
        extraApprovals = extraApprovals.filter((approval) => approval !== extra);
        touch();
      } else void play(input.runId, finish(0), 1);
      return {};
    }),
  },
  settings: {
    get: os.settings.get.handler(() => settings),
    save: os.settings.save.handler(({ input }) => {
      settings = settingsSchema.parse({ ...settings, ...input });
      return settings;
    }),
  },
  provider: {
    list: os.provider.list.handler(() =>
      providers.map((provider) => ({ ...provider, models: provider.models ?? [], hasKey: keys.has(provider.keyName ?? '') })),
    ),
    save: os.provider.save.handler(({ input }) => {
      providers = [...providers.filter((provider) => provider.id !== input.id), input];
      return {};
    }),
    remove: os.provider.remove.handler(({ input }) => {
      providers = providers.filter((provider) => provider.id !== input.id);
      return {};
    }),
    test: os.provider.test.handler(({ input }) =>
      input.id === 'scripted'
        ? { status: 'reachable' as const, models: ['demo'], latencyMs: 3 }
        : {
            status: 'unreachable' as const,
            code: 'model.unauthorized',
            message: '401 Incorrect API key provided: sk-1234. You can find your API key at https://platform.openai.com/account/api-keys.',
          },
    ),
    probeLocal: os.provider.probeLocal.handler(() => [
      {
        config: { id: 'ollama', kind: 'openai' as const, label: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1' },
        models: ['qwen3:8b', 'llama3.2'],
      },
    ]),
  },
  secret: {
    status: os.secret.status.handler(() => ({
      store: isUnlocked ? ('unlocked' as const) : ('new' as const),
      protectedBy: 'passphrase' as const,
      message: null,
      names: [...keys].map((name) => ({ name, from: 'store' as const })),
    })),
    set: os.secret.set.handler(({ input }) => {
      keys.add(input.name);
      return {};
    }),
    remove: os.secret.remove.handler(({ input }) => {
      keys.delete(input.name);
      return {};
    }),
    unlock: os.secret.unlock.handler(() => {
      isUnlocked = true;
      return {};
    }),
  },
  tool: {
    list: os.tool.list.handler(() => [
      {
        name: 'read_file',
        description: 'Reads a text file inside the granted folders.',
        inputSchema: { type: 'object', properties: { path: { type: 'string' } } },
        outputSchema: {},
        effect: 'idempotent' as const,
        approval: 'never' as const,
        timeoutMs: 10_000,
        outputCapBytes: 262_144,
        source: { type: 'builtin' as const },
      },
      {
        name: 'write_file',
        description: 'Writes a text file inside the granted folders.',
        inputSchema: {
          type: 'object',
          required: ['path', 'text'],
          properties: {
            path: { type: 'string', description: 'Where to write, inside the workspace.' },
            text: { type: 'string' },
            mode: { enum: ['replace', 'append'] },
          },
        },
        outputSchema: {},
        effect: 'idempotent' as const,
        approval: 'always' as const,
        timeoutMs: 10_000,
        outputCapBytes: 262_144,
        source: { type: 'builtin' as const },
      },
    ]),
  },
  mcp: {
    list: os.mcp.list.handler(() => servers),
    save: os.mcp.save.handler(({ input }) => {
      const commandLine = [input.command, ...input.args].join(' ');
      servers = [...servers, { config: input, commandLine, commandHash: 'abc', status: 'notApproved', message: null, tools: [] }];
      return {};
    }),
    remove: os.mcp.remove.handler(({ input }) => {
      servers = servers.filter((server) => server.config.id !== input.id);
      return {};
    }),
    approve: os.mcp.approve.handler(({ input }) => setServer(input.id, { status: 'stopped' })),
    connect: os.mcp.connect.handler(({ input }) => {
      setServer(input.id, { status: 'running', tools: ['read_file', 'list_directory', 'search_files'] });
      return servers.find((server) => server.config.id === input.id)!;
    }),
    stop: os.mcp.stop.handler(({ input }) => setServer(input.id, { status: 'stopped', tools: [] })),
  },
});

function setServer(id: string, change: Partial<McpServerStatus>): Record<never, never> {
  servers = servers.map((server) => (server.config.id === id ? { ...server, ...change } : server));
  return {};
}

const page = sirv(process.env.FAKE_PAGE ?? resolve(import.meta.dirname, '../../dist/renderer'), { single: true, dev: true });
const http = createServer((request, response) => {
  if (request.url === '/readyz') response.end('{}');
  else page(request, response);
});
const sockets = new WebSocketServer({ server: http, path: socketPath, handleProtocols: () => 'heddle' });
const handler = new RPCHandler(router);
sockets.on('connection', (socket) => void handler.upgrade(socket));
http.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const address = http.address();
  console.log(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
});

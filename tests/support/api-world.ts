import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiLimits, type ApiServer, startApiServer } from '#main/api/server.ts';
import type { HostServices } from '#main/api/services.ts';
import { toEditedWorkflows } from '#main/editing/edited-workflows.ts';
import { createHistories } from '#main/editing/histories.ts';
import { createMemoryEventStore, type MemoryEventStore } from '#main/event-store/memory-event-store.ts';
import { openWorkflowCode } from '#main/host/open-workflow-code.ts';
import { systemClock } from '#main/host/system-clock.ts';
import { createLanes } from '#main/runtime/lanes/lanes.ts';
import { createParts } from '#main/runtime/parts.ts';
import { createScheduling } from '#main/runtime/scheduling.ts';
import { createBundles } from '#main/workspace/bundles.ts';
import { createPinFiles } from '#main/workspace/pins.ts';
import { createSettingsFile } from '#main/workspace/settings-file.ts';
import { createTemplateLibrary } from '#main/workspace/template-library.ts';
import { createTemplates } from '#main/workspace/user-templates.ts';
import { createWorkflowFiles } from '#main/workspace/workflow-files.ts';
import { createWorkspaceFolder } from '#main/workspace/workspace-folder.ts';
import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';
import { createHeddleClient, type HeddleClient } from '#shared/contract/client.ts';
import { schedulingSettingsSchema } from '#shared/run/lane-settings.ts';
import { createFakeRuns, type FakeRuns } from './fake-runs.ts';
import { createTestCalls } from './outside-calls.ts';

/** A served API over a journal in memory, with real files and a runtime that the test moves. */
export interface ApiWorld {
  readonly server: ApiServer;
  readonly services: HostServices;
  readonly runs: FakeRuns;
  readonly store: MemoryEventStore;
  readonly root: string;
  /** What was reported as a bug. */
  readonly bugs: unknown[];
  fetch(path: string, init?: RequestInit & { readonly token?: string | null }): Promise<Response>;
  connect(): HeddleClient;
  /** Serves again on the same port, as after a restart. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  close(): Promise<void>;
}

export const worldToken = 'a-token-of-the-tests-with-enough-letters';

/** Starts everything; `limits` replace those of the server. */
export async function createApiWorld(options: { readonly limits?: Partial<ApiLimits>; readonly clock?: Clock } = {}): Promise<ApiWorld> {
  const { limits = {}, clock = systemClock } = options;
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-api-')));
  const studioFolder = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-studio-')));
  writeFileSync(
    join(studioFolder, 'index.html'),
    '<!doctype html><title>Heddle</title><script>let inline = 1;</script><script src="/app.js"></script>',
  );
  const store = createMemoryEventStore();
  const runs = createFakeRuns(store);
  const bugs: unknown[] = [];
  const clients: HeddleClient[] = [];
  let nextHistory = 1;
  const closing = new AbortController();
  const files = createWorkflowFiles(root, clock);
  const histories = createHistories({
    store,
    files,
    clock,
    newId: () => `history-${nextHistory++}`,
    readOnlyReason: null,
    onProblem: (message) => bugs.push(message),
  });
  const workflows = toEditedWorkflows(files, histories);
  const pins = createPinFiles(root, clock);
  const settings = createSettingsFile(root);
  const bundles = createBundles(root, workflows, async () => ({ tools: ['read_file'], settings: settings.get(), secrets: [] }));
  let nextId = 1;

  const lanes = createLanes(clock, schedulingSettingsSchema.parse({}));
  const services: HostServices = {
    scheduling: createScheduling(lanes, createTestCalls(clock), runs),
    info: () => ({
      version: '0.0.0',
      pid: process.pid,
      workspace: root,
      workspaceName: 'test',
      isReadOnly: false,
      readOnlyReason: null,
      platform: process.platform,
      isFirstLaunch: false,
      sandbox: { bubblewrap: false },
    }),
    readiness: () => ({ isReady: true, dependencies: { journal: { isOk: true, message: 'writable' } } }),
    runs,
    deadLetters: {
      list: () => [],
      dismiss: (id, by, reason) => record(`deadLetter.dismiss ${id} ${by} ${reason}`),
      rerun: (id) => Promise.reject(new HeddleError('deadLetter.notFound', `There is no dead letter ${id}.`)),
      onChange: () => () => undefined,
    },
    store,
    journal: {
      status: () => ({ journalBytes: 0, blobBytes: 0, cacheBytes: 0, runs: 0, endedRuns: 0, lastBackup: null, backupFolder: root }),
      backUp: () => Promise.reject(new Error('a journal in memory has no backups')),
      compact: () => Promise.reject(new Error('a journal in memory is never compacted')),
    },
    parts: createParts({ runs, readPins: pins.list, checkJson: () => undefined }),
    workflows,
    histories,
    pins,
    checks: {
      validate: () => Promise.resolve([]),
      outputs: () => undefined,
      plan: () => ({
        layers: [],
        parallelGroups: [],
        criticalPath: { nodes: [], totalMs: 0, basis: 'estimated' },
        recorded: {},
        costUsd: null,
      }),
    },
    code: openWorkflowCode({ run: () => Promise.reject(new HeddleError('sandbox.unavailable', 'No script runs in this test.')) }),
    folder: createWorkspaceFolder(root),
    recentWorkspaces: () => [{ path: root, name: 'test', isCurrent: true, isThere: true, url: null }],
    templates: createTemplates(createTemplateLibrary(join(root, '.no-templates'), root, workflows), join(root, '.home'), bundles),
    bundles,
    settings,
    secrets: {
      status: () => Promise.resolve({ store: 'unavailable', protectedBy: 'none', message: null, names: [] }),
      set: (name) => record(`secret.set ${name}`),
      remove: (name) => record(`secret.remove ${name}`),
      unlock: () => record('secret.unlock'),
    },
    providers: {
      list: () => Promise.resolve([]),
      test: () => Promise.reject(new Error('a bug with a secret path /home/someone')),
      probeLocal: () => Promise.resolve([]),
    },
    listTools: () => Promise.resolve([]),
    mcp: {
      list: () => Promise.resolve([]),
      save: ({ id }) => record(`mcp.save ${id}`),
      remove: (id) => record(`mcp.remove ${id}`),
      approve: (id) => record(`mcp.approve ${id}`),
      connect: () => Promise.reject(new Error('no servers')),
      stop: (id) => record(`mcp.stop ${id}`),
    },
    closing: closing.signal,
    reportBug: (_id, _procedure, thrown) => bugs.push(thrown),
    newId: () => `id-${nextId++}`,
  };
  function record(call: string): Promise<void> {
    runs.calls.push(call);
    return Promise.resolve();
  }

  const start = (port: number) => startApiServer(services, { port, token: worldToken, version: '0.0.0', studioFolder, clock, limits });
  let server = await start(0);
  return {
    get server() {
      return server;
    },
    services,
    runs,
    store,
    root,
    bugs,
    fetch: (path, { token = worldToken, headers, ...init } = {}) =>
      fetch(`${server.url}${path}`, {
        redirect: 'manual',
        ...init,
        headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...(headers as Record<string, string>) },
      }),
    connect() {
      const client = createHeddleClient({
        url: server.url,
        token: worldToken,
        WebSocketImpl: WebSocket,
        random: () => 0,
        schedule: systemClock.schedule,
      });
      clients.push(client);
      return client;
    },
    restart: async () => {
      server = await start(server.port);
    },
    stop: () => server.close(),
    close: async () => {
      for (const client of clients) client.close();
      closing.abort();
      await server.close();
      workflows.close();
      await store.close();
      rmSync(root, { recursive: true, force: true });
      rmSync(studioFolder, { recursive: true, force: true });
    },
  };
}

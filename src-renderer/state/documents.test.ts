import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import type { HeddleApi } from '#shared/contract/client.ts';
import type { HistoryFollowItem } from '#shared/contract/histories.ts';
import { decideCommand, type HistoryCommand, toStepId } from '#shared/history/commands.ts';
import type { HistoryEvent } from '#shared/history/events.ts';
import { findKnown } from '#shared/history/known-steps.ts';
import { advance, type HistoryView } from '#shared/history/replica.ts';
import { beginHistory, isAcknowledged, listSteps } from '#shared/history/state.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { useConnection } from './connection.ts';
import { editDocument, findDocument, openDocument, saveDocument, undoEdit, useDocuments } from './documents.ts';
import { isDirty } from './open-document.ts';
import { saveEdits } from './pending-edits.ts';
import { windowId } from './window-identity.ts';

const line = vi.hoisted(() => ({ api: null as HeddleApi | null }));
vi.mock('./connection.ts', async (importOriginal) => ({
  ...(await importOriginal<typeof import('./connection.ts')>()),
  getApi: () => {
    if (line.api === null) throw new HeddleError('host.unreachable', 'There is no line.');
    return line.api;
  },
}));

const start: WorkflowDocument = { schemaVersion: 1, name: 'Notes', nodes: [], edges: [] };
let path = '';
let pathNumber = 0;

/** A host with one workflow. `refuse` answers the next edits with a refusal; `isAnswerLost` does them but never says so. */
function createFakeHost() {
  let view: HistoryView = { state: { ...beginHistory(path, start, 'r1'), seq: 1 }, known: [] };
  let followers: ((item: HistoryFollowItem | null) => void)[] = [];
  const host = {
    requests: [] as (readonly HistoryCommand[])[],
    writes: 0,
    refuse: null as HeddleError | null,
    isAnswerLost: false,
    name: () => view.state.document.name,
    /** Every stream breaks, as with its socket. */
    breakLine() {
      for (const tell of followers) tell(null);
      followers = [];
    },
    do(window: string, commands: readonly HistoryCommand[]) {
      const refused = [];
      for (const command of commands) {
        const { number } = command;
        if (isAcknowledged(view.state, window, number)) continue;
        try {
          const asking = {
            author: { type: 'window', window },
            command: { window, number },
            stepId: toStepId(window, number),
            atMs: 0,
          } as const;
          const decided = decideCommand(view.state, command, asking, (step) => findKnown(view.known, step));
          if (decided === null) continue;
          const event = { ...decided, stream: 's', seq: view.state.seq + 1 } as HistoryEvent;
          view = advance(view, event);
          for (const tell of followers) tell({ type: 'event', event: event as never });
        } catch (thrown) {
          refused.push({ number, error: toErrorInfo(thrown) });
        }
      }
      return refused;
    },
    api: {
      workflow: {
        follow: async function* ({ window }: { window: string }): AsyncGenerator<HistoryFollowItem> {
          const { document, seq, undo, redo, acknowledged, names } = view.state;
          const waiting: (HistoryFollowItem | null)[] = [];
          let wake: () => void = () => undefined;
          followers.push((item) => {
            waiting.push(item);
            wake();
          });
          const toStack = (stack: typeof undo) => ({ depth: stack.depth, steps: [...listSteps(stack)] });
          const history = { document, seq, undo: toStack(undo), redo: toStack(redo), acknowledged: acknowledged[window] ?? 0, names };
          yield { type: 'opened', history };
          for (;;) {
            const item = waiting.shift();
            if (item === null) throw new HeddleError('host.unreachable', 'The line broke.');
            if (item !== undefined) yield item;
            else
              await new Promise<void>((resolve) => {
                wake = resolve;
              });
          }
        },
        edit: async ({ window, commands }: { window: string; commands: HistoryCommand[] }) => {
          if (host.refuse !== null) throw host.refuse;
          host.requests.push(commands);
          const refused = host.do(window, JSON.parse(JSON.stringify(commands)));
          if (!host.isAnswerLost) return { refused };
          host.isAnswerLost = false;
          throw new HeddleError('host.unreachable', 'lost');
        },
        write: async () => {
          host.writes += 1;
          return { revision: 'r' };
        },
      },
    } as unknown as HeddleApi,
  };
  return host;
}

let host: ReturnType<typeof createFakeHost>;
let stored: Map<string, string>;

const goOnline = () => {
  line.api = host.api;
  useConnection.setState({ connection: { status: 'online' } });
};
const goOffline = () => {
  line.api = null;
  host.breakLine();
  useConnection.setState({ connection: { status: 'offline', sinceMs: 0 } });
};
const rename = (name: string, group: string | null = null) => editDocument(path, { type: 'changeDetails', name }, 'Rename workflow', group);
const shown = () => findDocument(path)?.document.name;
const isUnsent = () => isDirty(findDocument(path)!);
const soon = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

beforeEach(async () => {
  vi.useFakeTimers();
  // What is being sent is remembered by path for as long as the window lives.
  path = `notes-${pathNumber++}.heddle.json`;
  host = createFakeHost();
  stored = new Map();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
    key: (index: number) => [...stored.keys()][index] ?? null,
    get length() {
      return stored.size;
    },
  });
  useDocuments.setState({ byPath: {}, failures: {} });
  goOnline();
  await openDocument(path);
});

afterEach(async () => {
  goOffline();
  await soon(5_000);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('an edit is with the host at once, and those that follow quickly go together', async () => {
  rename('A');
  await soon();
  expect(host.name()).toBe('A');
  rename('B');
  rename('C');
  await soon(400);
  expect(host.requests.map((commands) => commands.length)).toEqual([1, 2]);
  expect([host.name(), isUnsent(), stored.size]).toEqual(['C', false, 0]);
});

test('constant typing is sent all the time, but not with every key', async () => {
  for (let index = 0; index < 20; index += 1) {
    rename(`N${index}`, 'name');
    await soon(100);
  }
  await soon(400);
  expect(host.name()).toBe('N19');
  const commands = host.requests.flat();
  expect(commands.length).toBeGreaterThanOrEqual(5);
  expect(commands.length).toBeLessThanOrEqual(7);
  undoEdit(path);
  expect(shown()).toBe('Notes');
});

test('edits made offline wait for the host, and are sent when it is back', async () => {
  goOffline();
  rename('A');
  await soon(5_000);
  expect([host.requests, findDocument(path)?.trouble, stored.size]).toEqual([[], null, 1]);
  goOnline();
  await soon(1_000);
  expect([host.name(), isUnsent(), stored.size]).toEqual(['A', false, 0]);
});

test('an edit whose answer was lost is not done twice', async () => {
  host.isAnswerLost = true;
  rename('A');
  await soon();
  goOffline();
  host.do('other', [{ type: 'undo', number: 1, step: null }]);
  goOnline();
  await soon(1_000);
  expect([host.name(), shown(), isUnsent()]).toEqual(['Notes', 'Notes', false]);
});

test('another window’s edits are seen as they are made', async () => {
  host.do('other', [
    { type: 'edit', number: 1, edit: { type: 'changeDetails', name: 'Theirs' }, label: 'Rename', group: null, continues: null },
  ]);
  await soon();
  expect(shown()).toBe('Theirs');
});

test('a refusal of the host is told, the edits stay, and the next edit tries again', async () => {
  host.refuse = new HeddleError('journal.writeFailed', 'The disk is full.');
  rename('A');
  await soon(1_000);
  expect(findDocument(path)?.trouble).toMatchObject({ type: 'refused', error: { code: 'journal.writeFailed' } });
  expect([shown(), stored.size]).toEqual(['A', 1]);
  host.refuse = null;
  rename('B');
  await soon(1_000);
  expect([host.name(), findDocument(path)?.trouble, isUnsent()]).toEqual(['B', null, false]);
});

test('an edit that the host would not take is refused before anything is changed', () => {
  expect(() => rename('')).toThrow('The edit was not made');
  expect([shown(), isUnsent()]).toEqual(['Notes', false]);
});

test('a run finds everything with the host and in the file', async () => {
  rename('A');
  await saveEdits(path);
  expect([host.name(), host.writes]).toEqual(['A', 1]);
  goOffline();
  rename('B');
  await expect(saveDocument(path)).rejects.toThrow('There is no line.');
});

test('edits of a window that died go to the host under its name, once', async () => {
  const command = { type: 'edit', number: 1, edit: { type: 'changeDetails', name: 'Lost' }, label: 'Rename', group: null, continues: null };
  const left = JSON.stringify({ window: 'dead', commands: [command] });
  goOffline();
  useDocuments.setState({ byPath: {} });
  stored.set(`heddle.unsent:${path}:dead`, left);
  stored.set(`heddle.unsent:${path}:broken`, '{');
  goOnline();
  await openDocument(path);
  await soon(1_000);
  expect([host.name(), shown(), findDocument(path)?.recovered]).toEqual(['Lost', 'Lost', 1]);
  expect([...stored.keys()]).toEqual([`heddle.unsent:${path}:broken`]);
  undoEdit(path);
  await soon(1_000);
  expect(host.name()).toBe('Notes');
});

test('edits of a window that lives are left to it', async () => {
  vi.stubGlobal('navigator', { locks: { query: async () => ({ held: [{ name: 'heddle.window:alive' }] }) } });
  goOffline();
  useDocuments.setState({ byPath: {} });
  stored.set(`heddle.unsent:${path}:alive`, JSON.stringify({ window: 'alive', commands: [{ type: 'undo', number: 1, step: null }] }));
  goOnline();
  await openDocument(path);
  await soon(1_000);
  expect([host.requests, stored.size]).toEqual([[], 1]);
  expect(windowId).not.toBe('alive');
});

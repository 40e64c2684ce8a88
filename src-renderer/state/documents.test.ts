import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import type { HeddleApi } from '#shared/contract/client.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { useConnection } from './connection.ts';
import {
  editDocument,
  findDocument,
  keepEditsAsCopy,
  leaveRecovered,
  openDocument,
  reloadDocument,
  saveDocument,
  takeRecovered,
  undoEdit,
  useDocuments,
} from './documents.ts';
import { useLibrary } from './library.ts';
import { isDirty } from './open-document.ts';
import { saveEdits } from './pending-edits.ts';

const line = vi.hoisted(() => ({ api: null as HeddleApi | null }));
vi.mock('./connection.ts', async (importOriginal) => ({
  ...(await importOriginal<typeof import('./connection.ts')>()),
  getApi: () => {
    if (line.api === null) throw new HeddleError('host.unreachable', 'There is no line.');
    return line.api;
  },
}));

const path = 'notes.heddle.json';
const start: WorkflowDocument = { schemaVersion: 1, name: 'Notes', nodes: [], edges: [] };

/** A host with one file. `refuse` answers the next saves with a refusal; `isAnswerLost` writes but never says so. */
function createFakeHost() {
  let revision = 1;
  const host = {
    file: start,
    saves: [] as string[],
    created: [] as WorkflowDocument[],
    refuse: null as HeddleError | null,
    isAnswerLost: false,
    changeOutside(name: string) {
      revision += 1;
      host.file = { ...host.file, name };
    },
    revision: () => `r${revision}`,
    api: {
      workflow: {
        get: async () => ({ path, revision: host.revision(), document: host.file }),
        save: async ({ baseRevision, document }: { baseRevision: string; document: WorkflowDocument }) => {
          if (host.refuse !== null) throw host.refuse;
          if (baseRevision !== host.revision()) throw new HeddleError('workflow.changedOutside', 'It was changed.');
          revision += 1;
          host.file = document;
          host.saves.push(document.name);
          if (host.isAnswerLost) {
            host.isAnswerLost = false;
            throw new HeddleError('host.unreachable', 'lost');
          }
          return { revision: host.revision() };
        },
        create: async ({ document }: { document: WorkflowDocument }) => {
          host.created.push(document);
          return { path: 'copy.heddle.json', revision: 'c1', document };
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
  useConnection.setState({ connection: { status: 'offline', sinceMs: 0 } });
};
const rename = (name: string) => editDocument(path, { type: 'changeDetails', name }, 'Rename workflow');
const shown = () => findDocument(path)?.document.name;

beforeEach(async () => {
  vi.useFakeTimers();
  host = createFakeHost();
  stored = new Map();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  });
  useDocuments.setState({ byPath: {}, failures: {} });
  useLibrary.setState({ workflows: null });
  goOnline();
  await openDocument(path);
});

afterEach(async () => {
  await vi.runAllTimersAsync();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('edits are on disk within a second, many of them in one save', async () => {
  rename('A');
  rename('B');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(host.saves).toEqual(['B']);
  expect(isDirty(findDocument(path)!)).toBe(false);
  expect(stored.size).toBe(0);
});

test('constant typing does not put the save off', async () => {
  for (let index = 0; index < 10; index += 1) {
    rename(`N${index}`);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(host.saves.length).toBeGreaterThanOrEqual(2);
});

test('edits made offline wait for the host, and are saved when it is back', async () => {
  goOffline();
  rename('A');
  await vi.advanceTimersByTimeAsync(5_000);
  expect([host.saves, findDocument(path)?.trouble]).toEqual([[], null]);
  expect(stored.size).toBe(1);
  goOnline();
  await vi.advanceTimersByTimeAsync(0);
  expect(host.saves).toEqual(['A']);
});

test('a save whose answer was lost is not a conflict', async () => {
  host.isAnswerLost = true;
  rename('A');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(isDirty(findDocument(path)!)).toBe(true);
  await saveDocument(path);
  expect([host.saves, findDocument(path)?.trouble, isDirty(findDocument(path)!)]).toEqual([['A'], null, false]);
});

test('a change from outside is a conflict while there are edits, and nothing is overwritten', async () => {
  rename('Mine');
  host.changeOutside('Theirs');
  await vi.advanceTimersByTimeAsync(1_000);
  expect([host.file.name, shown(), findDocument(path)?.trouble]).toEqual(['Theirs', 'Mine', { type: 'conflict' }]);
  await expect(saveEdits(path)).rejects.toThrow('was changed by another program');
  await reloadDocument(path);
  expect([shown(), findDocument(path)?.trouble]).toEqual(['Theirs', null]);
  undoEdit(path);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(host.file.name).toBe('Mine');
});

test('edits in conflict can be kept as a workflow of their own', async () => {
  rename('Mine');
  host.changeOutside('Theirs');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await keepEditsAsCopy(path)).toBe('copy.heddle.json');
  expect([host.created.map((document) => document.name), shown()]).toEqual([['Mine (my edits)'], 'Theirs']);
});

test('a change from outside is taken over while there are no edits', async () => {
  const list = (modifiedAtMs: number) => useLibrary.setState({ workflows: [{ path, name: 'Notes', modifiedAtMs, problem: null }] });
  list(1);
  host.changeOutside('Theirs');
  list(2);
  await vi.advanceTimersByTimeAsync(0);
  expect(shown()).toBe('Theirs');
});

test('a refusal of the host is told, the edits stay, and the next edit tries again', async () => {
  host.refuse = new HeddleError('workspace.full', 'The disk is full.');
  rename('A');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(findDocument(path)?.trouble).toMatchObject({ type: 'refused', error: { code: 'workspace.full' } });
  host.refuse = null;
  rename('B');
  await vi.advanceTimersByTimeAsync(1_000);
  expect([host.saves, findDocument(path)?.trouble]).toEqual([['B'], null]);
});

test('edits of a window that died are offered back and can be taken or left', async () => {
  goOffline();
  rename('Lost');
  useDocuments.setState({ byPath: {} });
  goOnline();
  await openDocument(path);
  expect([shown(), findDocument(path)?.recovered?.document.name]).toEqual(['Notes', 'Lost']);
  takeRecovered(path);
  await vi.advanceTimersByTimeAsync(1_000);
  expect([host.file.name, findDocument(path)?.recovered, stored.size]).toEqual(['Lost', null, 0]);
});

test('edits of a window that died are gone once they are left', async () => {
  goOffline();
  rename('Lost');
  useDocuments.setState({ byPath: {} });
  goOnline();
  await openDocument(path);
  leaveRecovered(path);
  expect([shown(), stored.size]).toEqual(['Notes', 0]);
});

test('an unsaved copy that says what the file says is no news', async () => {
  host.isAnswerLost = true;
  rename('A');
  await vi.advanceTimersByTimeAsync(1_000);
  useDocuments.setState({ byPath: {} });
  await openDocument(path);
  expect([findDocument(path)?.recovered, stored.size]).toEqual([null, 0]);
});

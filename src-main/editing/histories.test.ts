import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import type { HistoryFollowItem } from '#shared/contract/histories.ts';
import type { HistoryCommand } from '#shared/history/commands.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { formatWorkflowFile, parseWorkflowFile } from '#shared/workflow/document-file.ts';
import type { WorkflowEdit } from '#shared/workflow/edit.ts';
import { createMemoryWorkflowFiles } from '../../tests/support/memory-workflow-files.ts';
import { createSimulatedClock, type SimulatedClock } from '../../tests/support/simulated-clock.ts';
import { createMemoryDisk, createMemoryEventStore, type MemoryDisk, type MemoryEventStore } from '../event-store/memory-event-store.ts';
import { toEditedWorkflows } from './edited-workflows.ts';
import { createHistories, type Histories } from './histories.ts';

const path = 'notes.heddle.json';
const start: WorkflowDocument = {
  schemaVersion: 1,
  name: 'Notes',
  nodes: [{ id: 'writer', kind: 'prompt', name: 'Writer', position: { x: 0, y: 0 }, config: { prompt: '' } }],
  edges: [],
};

let clock: SimulatedClock;
let disk: MemoryDisk;
let texts: Map<string, string>;
let files = createMemoryWorkflowFiles();
let store: MemoryEventStore;
let histories: Histories;
let nextNumber: number;
let problems: string[];

/** A host begins on what is on disk; the one before is simply not there any more. */
function startHost(readOnlyReason: string | null = null): void {
  // The dead write nothing.
  files.failing = new HeddleError('workspace.full', 'This host is dead.');
  files = createMemoryWorkflowFiles(texts);
  store = createMemoryEventStore({ disk });
  histories = createHistories({
    store,
    files,
    clock,
    newId: () => `id${nextNumber++}`,
    readOnlyReason,
    onProblem: (message) => problems.push(message),
  });
}

beforeEach(() => {
  clock = createSimulatedClock();
  disk = createMemoryDisk();
  texts = new Map([[path, formatWorkflowFile(start)]]);
  nextNumber = 1;
  problems = [];
  startHost();
});

const typing = (prompt: string): WorkflowEdit => ({ type: 'changeConfig', node: 'writer', config: { prompt } });
const toCommand = (edit: WorkflowEdit, group: string | null = null, continues: string | null = null): HistoryCommand => ({
  type: 'edit',
  number: nextNumber++,
  edit,
  label: edit.type,
  group,
  continues,
});
const edit = (...edits: readonly WorkflowEdit[]) =>
  histories.edit(
    path,
    'me',
    edits.map((one) => toCommand(one)),
  );
const undo = (step: string | null = null) => histories.edit(path, 'me', [{ type: 'undo', number: nextNumber++, step }]);
const redo = () => histories.edit(path, 'me', [{ type: 'redo', number: nextNumber++, step: null }]);
const onDisk = (of = path) => parseWorkflowFile(texts.get(of) ?? '');
const promptOnDisk = () => onDisk().nodes[0]?.config.prompt;
const writeOutside = (document: WorkflowDocument) => files.writeOutside(path, formatWorkflowFile(document));
const settle = async () => {
  for (let turn = 0; turn < 10; turn += 1) await setImmediate();
};
/** In steps, so that what is begun in between has its own time to pass. */
const pass = async (ms: number) => {
  for (let left = ms; left > 0; left -= 125) {
    await clock.advance(Math.min(left, 125));
    await settle();
  }
};
const versions = async (onlyNamed = false) => (await histories.versions(path, { limit: 100, onlyNamed })).entries;
/** What a follower is told, as it comes. */
function listen(window = 'me'): HistoryFollowItem[] {
  const items: HistoryFollowItem[] = [];
  void (async () => {
    for await (const item of histories.follow(path, window, new AbortController().signal)) items.push(item);
  })();
  return items;
}
const fileState = (items: readonly HistoryFollowItem[]) => items.findLast((item) => item.type === 'file')?.file;

describe('the history of a workflow', () => {
  it('is in the journal when an edit is answered, and in the file within the second', async () => {
    await edit(typing('a'));
    startHost();
    expect((await versions()).map(({ what }) => what)).toEqual(['edited', 'begun']);
    await pass(1_000);
    expect(promptOnDisk()).toBe('a');
  });

  it('leaves files alone that nobody edits', async () => {
    const pretty = `${JSON.stringify(JSON.parse(formatWorkflowFile(start)), null, 4)}\n`;
    texts.set(path, pretty);
    await toEditedWorkflows(files, histories).open(path);
    listen();
    await pass(5_000);
    await histories.settle(path);
    await histories.close();
    expect([texts.get(path), store.heads('')]).toEqual([pretty, []]);
  });

  it('does a command once, however often it comes', async () => {
    const commands = [toCommand(typing('a')), toCommand(typing('b'))];
    await histories.edit(path, 'me', commands);
    startHost();
    await histories.edit(path, 'me', commands);
    expect((await versions()).filter(({ what }) => what === 'edited')).toHaveLength(2);
  });

  it('says which commands cannot be done, and does the others', async () => {
    const refused = await edit(
      typing('a'),
      { type: 'removeNodes', nodes: ['gone'] },
      { type: 'renameNode', node: 'writer', name: 'Author' },
    );
    expect(refused).toMatchObject([{ error: { code: 'workflow.invalid', message: 'There is no node “gone” any more.' } }]);
    await pass(1_000);
    expect([promptOnDisk(), onDisk().nodes[0]?.name]).toEqual(['a', 'Author']);
  });

  it('takes what continues a step as part of it, also in another host', async () => {
    const first = toCommand(typing('a'), 'prompt');
    await histories.edit(path, 'me', [first]);
    startHost();
    await histories.edit(path, 'me', [
      toCommand(typing('ab'), 'prompt', `me:${first.number}`),
      toCommand(typing('abc'), 'prompt', `me:${first.number}`),
    ]);
    expect((await versions()).map(({ what }) => what)).toEqual(['edited', 'begun']);
    startHost();
    await undo();
    await pass(1_000);
    expect(texts.get(path)).toBe(formatWorkflowFile(start));
    await redo();
    await pass(1_000);
    expect(promptOnDisk()).toBe('abc');
  });

  it('does not undo another step than the one that was meant', async () => {
    await edit(typing('a'));
    expect(await undo('other:1')).toMatchObject([{ error: { message: expect.stringContaining('changed in between') } }]);
    expect(await redo()).toMatchObject([{ error: null }]);
  });

  it('keeps edits that the journal cannot take out of the file, and takes them when it can', async () => {
    await edit(typing('a'));
    await pass(1_000);
    const command = toCommand(typing('b'));
    store.failNextWrite('full');
    await expect(histories.edit(path, 'me', [command])).rejects.toMatchObject({ code: 'journal.writeFailed' });
    await pass(1_000);
    expect(promptOnDisk()).toBe('a');
    await histories.edit(path, 'me', [command]);
    await pass(1_000);
    expect(promptOnDisk()).toBe('b');
  });

  it('tells when the file cannot be written, and tries again', async () => {
    const items = listen();
    files.failing = new HeddleError('workspace.full', 'The disk is full.');
    await edit(typing('a'));
    await pass(1_000);
    expect(fileState(items)).toMatchObject({ status: 'failed', error: { code: 'workspace.full' } });
    await expect(histories.settle(path)).rejects.toMatchObject({ code: 'workspace.full' });
    files.failing = null;
    await pass(5_000);
    expect([promptOnDisk(), fileState(items)]).toEqual(['a', { status: 'written' }]);
  });

  it('begins anew, and says so, when it cannot be read', async () => {
    await edit(typing('a'));
    await pass(1_000);
    const stream = [...disk.streams.keys()].find((name) => name.startsWith('workflow/')) as string;
    const stored = disk.streams.get(stream) as NonNullable<ReturnType<typeof disk.streams.get>>;
    stored.events[0] = { ...stored.events[0], text: '{}' } as (typeof stored.events)[number];
    startHost();
    await edit(typing('b'));
    await pass(1_000);
    expect([promptOnDisk(), problems]).toEqual(['b', [expect.stringContaining('cannot be read, so a new one begins')]]);
  });

  it('is lost with its journal, but the file is not', async () => {
    await edit(typing('a'));
    await pass(1_000);
    disk = createMemoryDisk();
    startHost();
    expect(await versions()).toEqual([]);
    await edit(typing('b'));
    await pass(1_000);
    expect(promptOnDisk()).toBe('b');
  });
});

describe('a change of the file from outside', () => {
  const renamed = (document: WorkflowDocument, name: string): WorkflowDocument => ({
    ...document,
    nodes: document.nodes.map((node) => ({ ...node, name })),
  });

  it('is put in beside edits that were not written yet', async () => {
    const items = listen();
    await edit(typing('mine'));
    writeOutside(renamed(start, 'Theirs'));
    await pass(1_000);
    expect([promptOnDisk(), onDisk().nodes[0]?.name]).toEqual(['mine', 'Theirs']);
    expect(
      items.flatMap((item) => (item.type === 'event' && item.event.type === 'workflow.changedOutside' ? [item.event.data.conflicts] : [])),
    ).toEqual([[]]);
  });

  it('is put in when the writer is the first to notice', async () => {
    await edit(typing('mine'));
    texts.set(path, formatWorkflowFile(renamed(start, 'Theirs')));
    await pass(1_000);
    expect([promptOnDisk(), onDisk().nodes[0]?.name]).toEqual(['mine', 'Theirs']);
  });

  it('wins where both changed the same, and ours is one undo away', async () => {
    await edit(typing('mine'));
    writeOutside({ ...start, nodes: [{ ...start.nodes[0], config: { prompt: 'theirs' } } as WorkflowDocument['nodes'][number]] });
    await pass(1_000);
    expect([promptOnDisk(), (await versions())[0]]).toMatchObject([
      'theirs',
      { what: 'changedOutside', conflicts: ['“Writer”, config, prompt'] },
    ]);
    await undo();
    await pass(1_000);
    expect(promptOnDisk()).toBe('mine');
  });

  it('is found when it was made while no host was there', async () => {
    await edit(typing('a'));
    await pass(1_000);
    startHost();
    files.writeOutside(path, formatWorkflowFile(renamed(onDisk(), 'Theirs')));
    startHost();
    expect((await versions()).map(({ what }) => what)).toEqual(['changedOutside', 'edited', 'begun']);
    await undo();
    await undo();
    await pass(1_000);
    expect(texts.get(path)).toBe(formatWorkflowFile(start));
  });

  it.each([
    ['before the file was written', 0],
    ['after', 1_000],
  ])('is not what a host had written that died %s', async (_, ms) => {
    await edit(typing('a'));
    await pass(1_000);
    await edit(typing('b'));
    // The write is announced, and the host dies with it.
    if (ms === 0) files.failing = new HeddleError('workspace.full', 'This host is dead.');
    await pass(500);
    startHost();
    listen();
    await pass(1_000);
    expect([promptOnDisk(), (await versions()).map(({ what }) => what)]).toEqual(['b', ['edited', 'edited', 'begun']]);
  });

  it('that nobody can read is left alone, and edits go on', async () => {
    const items = listen();
    await edit(typing('a'));
    await pass(1_000);
    files.writeOutside(path, '{ <<<<<<< HEAD');
    await settle();
    await edit(typing('b'));
    await pass(5_000);
    expect([texts.get(path), fileState(items)]).toMatchObject(['{ <<<<<<< HEAD', { status: 'unreadable' }]);
    startHost();
    const again = listen();
    await pass(1_000);
    expect([again.find(({ type }) => type === 'opened'), fileState(again)]).toMatchObject([
      { history: { document: { nodes: [{ config: { prompt: 'b' } }] } } },
      { status: 'unreadable' },
    ]);
    await histories.write(path, true);
    expect([promptOnDisk(), fileState(again)]).toEqual(['b', { status: 'written' }]);
  });

  it('that mends the file again is merged', async () => {
    await edit(typing('a'));
    await pass(1_000);
    const mended = renamed(onDisk(), 'Mended');
    files.writeOutside(path, '{');
    await edit(typing('b'));
    writeOutside(mended);
    await pass(1_000);
    expect([promptOnDisk(), onDisk().nodes[0]?.name]).toEqual(['b', 'Mended']);
  });

  it('that removes it leaves the workflow where it is, until somebody wants the file back', async () => {
    const items = listen();
    await edit(typing('a'));
    await pass(1_000);
    files.writeOutside(path, null);
    await settle();
    expect([fileState(items), texts.size]).toEqual([{ status: 'missing' }, 0]);
    await edit(typing('b'));
    await histories.write(path, true);
    expect(promptOnDisk()).toBe('b');
  });

  it('is all there is where nothing can be recorded', async () => {
    startHost('Somebody else writes.');
    const items = listen();
    await settle();
    await expect(async () => edit(typing('a'))).rejects.toMatchObject({ code: 'host.readOnly' });
    writeOutside(renamed(start, 'Theirs'));
    await settle();
    expect(items.findLast(({ type }) => type === 'opened')).toMatchObject({ history: { document: { nodes: [{ name: 'Theirs' }] } } });
    expect(store.heads('')).toEqual([]);
  });
});

describe('versions', () => {
  it('can be listed in pages, read and named', async () => {
    for (let index = 1; index <= 5; index += 1) {
      await edit(typing(`text ${index}`));
      await pass(1_000);
    }
    const first = await histories.versions(path, { limit: 3, onlyNamed: false });
    const rest = await histories.versions(path, { limit: 3, onlyNamed: false, before: first.nextBefore ?? 0 });
    expect([...first.entries, ...rest.entries]).toEqual(await versions());
    expect(rest.nextBefore).toBeNull();
    const [, second] = await versions();
    await histories.nameVersion(path, second?.seq ?? 0, 'Good', { type: 'window', window: 'me' });
    await histories.nameVersion(path, undefined, 'Newest', { type: 'program' });
    expect((await versions(true)).map(({ name, seq }) => [name, seq])).toEqual([
      ['Newest', first.entries[0]?.seq],
      ['Good', second?.seq],
    ]);
    expect((await histories.version(path, second?.seq ?? 0)).nodes[0]?.config.prompt).toBe('text 4');
    await histories.nameVersion(path, second?.seq ?? 0, null, { type: 'program' });
    startHost();
    expect((await versions(true)).map(({ name }) => name)).toEqual(['Newest']);
    await expect(histories.version(path, 999)).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('are followed no longer where the file is not any more', async () => {
    const followed = histories.follow(path, 'me', new AbortController().signal);
    await followed.next();
    await followed.next();
    await edit(typing('a'));
    const next = (async () => {
      for await (const _item of followed);
    })();
    const refused = expect(next).rejects.toMatchObject({ code: 'workflow.notFound' });
    await toEditedWorkflows(files, histories).rename(path, 'other.heddle.json');
    await refused;
  });

  it('go with the file when it is moved, and not to a new file of a name that was removed', async () => {
    const workflows = toEditedWorkflows(files, histories);
    await edit(typing('a'));
    await workflows.rename(path, 'other.heddle.json');
    expect(onDisk('other.heddle.json').nodes[0]?.config.prompt).toBe('a');
    texts.set(path, formatWorkflowFile(start));
    expect(await versions()).toEqual([]);
    startHost();
    const moved = await histories.versions('other.heddle.json', { limit: 10, onlyNamed: false });
    expect(moved.entries.map(({ what }) => what)).toEqual(['moved', 'edited', 'begun']);
    await toEditedWorkflows(files, histories).remove('other.heddle.json');
    texts.set('other.heddle.json', formatWorkflowFile(start));
    expect((await histories.versions('other.heddle.json', { limit: 10, onlyNamed: false })).entries).toEqual([]);
  });
});

describe('workflow files', () => {
  it('are read with all edits in them', async () => {
    await edit(typing('a'));
    expect((await toEditedWorkflows(files, histories).open(path)).document.nodes[0]?.config.prompt).toBe('a');
    expect(promptOnDisk()).toBe('a');
  });

  it('that a program saves get an edit in their history, unless something newer is there', async () => {
    const workflows = toEditedWorkflows(files, histories);
    const { revision, document } = await workflows.open(path);
    const saved = { ...document, name: 'Saved' };
    const { revision: next } = await workflows.save(path, revision, saved);
    expect([onDisk().name, (await versions())[0]?.author]).toEqual(['Saved', { type: 'program' }]);
    await edit(typing('mine'));
    await expect(workflows.save(path, next, saved)).rejects.toMatchObject({ code: 'workflow.changedOutside' });
    await undo();
    await undo();
    await pass(1_000);
    expect(texts.get(path)).toBe(formatWorkflowFile(start));
  });
});

import { describe, expect, test } from 'vitest';
import type { OpenedHistory } from '#shared/contract/histories.ts';
import { toStepId } from '#shared/history/commands.ts';
import { type HistoryEvent, type HistoryEventData, type HistoryEventType, toHistoryEvent } from '#shared/history/events.ts';
import { type Wish, withSent } from '#shared/history/replica.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import {
  isDirty,
  type OpenDocument,
  toOpenDocument,
  withGroupEnded,
  withOpened,
  withRecorded,
  withRefused,
  withReplica,
  withWished,
} from './open-document.ts';

const document: WorkflowDocument = {
  schemaVersion: 1,
  name: 'Notes',
  nodes: [{ id: 'writer', kind: 'prompt', name: 'Writer', position: { x: 0, y: 0 }, config: { prompt: '' } }],
  edges: [],
};
const empty = { depth: 0, steps: [] };
const opened: OpenedHistory = { document, seq: 1, undo: empty, redo: empty, acknowledged: 0, names: {} };
const open = toOpenDocument('notes.heddle.json', 'me', opened);

const typing = (prompt: string) => ({ type: 'changeConfig', node: 'writer', config: { prompt } }) as const;
const rename = (name: string) => ({ type: 'renameNode', node: 'writer', name }) as const;
const type = (state: OpenDocument, prompt: string, group: string | null = 'writer.prompt') =>
  withWished(state, { type: 'edit', edit: typing(prompt), label: 'Change Writer', group }, 0);
const undo = (state: OpenDocument) => withWished(state, { type: 'undo' }, 0);
const redo = (state: OpenDocument) => withWished(state, { type: 'redo' }, 0);
const promptOf = (state: OpenDocument) => state.document.nodes[0]?.config.prompt;
const sent = (state: OpenDocument) => withReplica(state, withSent(state.replica));

const record = <Type extends HistoryEventType>(state: OpenDocument, seq: number, kind: Type, data: HistoryEventData[Type]) =>
  withRecorded(state, { ...toHistoryEvent(kind, data, 0), stream: 's', seq } as HistoryEvent, 0);
/** The host says that it has done an edit of a window. */
const confirm = (
  state: OpenDocument,
  seq: number,
  window: string,
  number: number,
  edit: ReturnType<typeof typing> | ReturnType<typeof rename>,
) =>
  record(state, seq, 'workflow.edited', {
    command: { window, number },
    author: { type: 'window', window },
    step: toStepId(window, number),
    label: 'Change Writer',
    group: null,
    edit,
    inverse: edit.type === 'renameNode' ? rename('Writer') : typing(''),
  });

describe('an open document', () => {
  test('is dirty until the host has confirmed what it holds', () => {
    const edited = sent(type(open, 'a'));
    expect([isDirty(open), isDirty(edited)]).toEqual([false, true]);
    const confirmed = confirm(edited, 2, 'me', 1, typing('a'));
    expect(isDirty(confirmed)).toBe(false);
    expect(confirmed.document).toBe(edited.document);
  });

  test('takes what is typed into one field as one step, and as one command until it is sent', () => {
    const typed = type(type(type(open, 'a'), 'ab'), 'abc');
    expect(typed.undo).toHaveLength(1);
    expect(typed.replica.pending.map(({ command }) => command)).toEqual([
      { type: 'edit', number: 1, edit: typing('abc'), label: 'Change Writer', group: 'writer.prompt', continues: null },
    ]);
    expect(undo(typed).document).toEqual(document);
    expect(redo(undo(typed)).document).toEqual(typed.document);
  });

  test('goes on with a step that was sent by another command', () => {
    const typed = type(sent(type(open, 'a')), 'ab');
    expect(typed.undo).toHaveLength(1);
    expect(typed.replica.pending.map(({ command }) => 'continues' in command && command.continues)).toEqual([null, 'me:1']);
    expect(undo(typed).document).toEqual(document);
  });

  test('begins a new step after the field has lost the focus', () => {
    const typed = type(withGroupEnded(type(open, 'a')), 'ab');
    expect(typed.undo).toHaveLength(2);
    expect(promptOf(undo(typed))).toBe('a');
  });

  test('does not join an edit to a step that was undone', () => {
    expect(promptOf(undo(type(redo(undo(type(open, 'a'))), 'b')))).toBe('a');
  });

  test('forgets what was undone when something else is done', () => {
    expect(type(undo(type(open, 'a')), 'b').redo).toEqual([]);
  });

  test('leaves everything as it is when an edit cannot be applied, and when there is nothing to undo', () => {
    const gone = { type: 'edit', edit: { type: 'removeNodes', nodes: ['gone'] }, label: 'Delete', group: null } as Wish;
    expect(() => withWished(open, gone, 0)).toThrow('There is no node “gone” any more.');
    expect([undo(open), redo(open)]).toEqual([open, open]);
  });

  test('puts edits of others below its own', () => {
    const mine = sent(withWished(open, { type: 'edit', edit: rename('Mine'), label: 'Rename', group: null }, 0));
    const both = confirm(mine, 2, 'other', 1, typing('theirs'));
    expect([both.document.nodes[0]?.name, promptOf(both), isDirty(both)]).toEqual(['Mine', 'theirs', true]);
    const done = confirm(both, 3, 'me', 1, rename('Mine'));
    expect([done.document.nodes[0]?.name, promptOf(done), isDirty(done)]).toEqual(['Mine', 'theirs', false]);
  });

  test('tells of its own edit when that cannot be done after the edit of another', () => {
    const mine = sent(type(open, 'mine'));
    const step = { author: { type: 'window', window: 'other' }, step: 'other:1', label: 'Delete', group: null } as const;
    const removed = record(mine, 2, 'workflow.edited', {
      ...step,
      command: { window: 'other', number: 1 },
      edit: { type: 'removeNodes', nodes: ['writer'] },
      inverse: { type: 'replaceDocument', document },
    });
    expect(removed.document.nodes).toEqual([]);
    expect(isDirty(removed)).toBe(true);
    const refused = withRefused(
      removed,
      [{ number: 1, error: { code: 'workflow.invalid', message: 'There is no node “writer” any more.' } }],
      0,
    );
    expect([refused.lost, isDirty(refused)]).toEqual([[{ label: 'Change Writer', reason: 'There is no node “writer” any more.' }], false]);
  });

  test('undoes what another window did last, as everything that is done to the workflow', () => {
    const theirs = confirm(open, 2, 'other', 1, typing('theirs'));
    expect(theirs.undo.map(({ label }) => label)).toEqual(['Change Writer']);
    expect(promptOf(undo(theirs))).toBe('');
  });

  test('asks the host to undo what it only knows by name', () => {
    const old = toOpenDocument('notes.heddle.json', 'me', { ...opened, undo: { depth: 3, steps: [] } });
    expect(old.undo).toEqual([{ label: 'an earlier edit' }]);
    const asked = sent(undo(old));
    expect([asked.document, asked.replica.pending[0]?.command]).toEqual([document, { type: 'undo', number: 1, step: null }]);
    const done = record(asked, 2, 'workflow.undone', {
      command: { window: 'me', number: 1 },
      author: { type: 'window', window: 'me' },
      step: 'old',
      label: 'Old',
      edit: typing('older'),
    });
    expect([promptOf(done), done.redo.map(({ label }) => label), isDirty(done)]).toEqual(['older', ['Old'], false]);
    expect(promptOf(redo(done))).toBe('');
  });

  test('is what the host says after a broken line, with what was not done yet on top', () => {
    const typed = withGroupEnded(sent(type(open, 'a')));
    const two = sent(withWished(typed, { type: 'edit', edit: rename('Author'), label: 'Rename', group: null }, 0));
    const back = withOpened(two, { ...opened, document: { ...document, description: 'new' }, seq: 9, acknowledged: 1 }, 0);
    expect([back.document.description, back.document.nodes[0]?.name, promptOf(back)]).toEqual(['new', 'Author', '']);
    expect(back.replica.pending.map(({ command }) => command.number)).toEqual([2]);
  });

  test('goes on counting where this window was when it had the workflow open before', () => {
    const again = type(toOpenDocument('notes.heddle.json', 'me', { ...opened, acknowledged: 7 }), 'a');
    expect(again.replica.pending.map(({ command }) => command.number)).toEqual([8]);
  });

  test('says what came from outside, and undo brings back what was here', () => {
    const changed = record(type(open, 'mine'), 2, 'workflow.changedOutside', {
      step: 'outside:1',
      label: 'Change of the file from outside',
      revision: 'r',
      edit: rename('Theirs'),
      inverse: rename('Writer'),
      conflicts: ['“Writer”, name'],
    });
    expect(changed.outside).toEqual({ seq: 2, step: 'outside:1', conflicts: ['“Writer”, name'] });
    expect([changed.document.nodes[0]?.name, promptOf(changed)]).toEqual(['Theirs', 'mine']);
    expect(undo(undo(changed)).document).toEqual(document);
  });
});

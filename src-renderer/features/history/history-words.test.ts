import { expect, test } from 'vitest';
import type { VersionEntry } from '#shared/contract/histories.ts';
import { diffDocuments } from '#shared/history/diff-documents.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { countDifference, toFieldName, toText, toTitle, toWho } from './history-words.ts';

const entry: VersionEntry = {
  seq: 4,
  atMs: 0,
  what: 'edited',
  label: 'Move Writer',
  words: 'moved writer',
  author: { type: 'window', window: 'me' },
  name: null,
  conflicts: [],
};

test('an entry says what was done', () => {
  expect((['edited', 'undone', 'redone'] as const).map((what) => toTitle({ ...entry, what }))).toEqual([
    'Move Writer',
    'Undid: Move Writer',
    'Did again: Move Writer',
  ]);
});

test('an entry says who did it', () => {
  const who = (changed: Partial<VersionEntry>) => toWho({ ...entry, ...changed }, 'me', new Set(['me', 'other']));
  const by = (window: string) => who({ author: { type: 'window', window } });
  expect([by('me'), by('other'), by('gone'), who({ author: { type: 'program' } })]).toEqual([
    'this window',
    'another window',
    'an earlier window',
    'a program',
  ]);
  expect([who({ what: 'changedOutside', author: null }), who({ what: 'begun', author: null })]).toEqual(['outside Heddle', '']);
});

test('a difference is counted in words', () => {
  const node = (id: string, x = 0, prompt = '') => ({ id, kind: 'prompt', name: id, position: { x, y: 0 }, config: { prompt } });
  const before: WorkflowDocument = { schemaVersion: 1, name: 'A', nodes: [node('a'), node('b'), node('c')], edges: [] };
  const after: WorkflowDocument = {
    ...before,
    name: 'B',
    nodes: [node('a', 8), node('b', 0, 'x'), node('d'), node('e')],
    edges: [{ from: { node: 'a', port: 'text' }, to: { node: 'b', port: 'in' } }],
  };
  expect(countDifference(diffDocuments(before, after))).toBe(
    '2 nodes added, 1 node removed, 1 node changed, 1 node moved, 1 edge added, 1 detail of the workflow changed',
  );
  expect(countDifference(diffDocuments(before, before))).toBe('No difference');
});

test('fields and values are named as people know them', () => {
  const field = { before: undefined, after: undefined };
  expect([toFieldName({ ...field, path: 'config.prompt' }), toFieldName({ ...field, path: 'policy.maxAttempts' })]).toEqual([
    'prompt',
    'policy.maxAttempts',
  ]);
  expect([toText(undefined), toText('a b'), toText({ a: 1 })]).toEqual(['', 'a b', '{\n  "a": 1\n}']);
});

import { expect, it } from 'vitest';
import { selectShowcase, selectWorkflowName, sortByName, toFileTitle } from './library.ts';

it('names a workflow by its document, else by its file', () => {
  const files = [{ path: 'a/brief.heddle.json', name: 'Folder brief', modifiedAtMs: 0, problem: null }];
  expect(selectWorkflowName(files, 'a/brief.heddle.json')).toBe('Folder brief');
  expect(selectWorkflowName(null, 'a/brief.heddle.json')).toBe('brief');
  expect(toFileTitle('notes.md')).toBe('notes.md');
});

it('shows the first template that has a recorded run', () => {
  const template = {
    id: 'a',
    name: 'A',
    description: '',
    tags: [],
    nodeCount: 1,
    hasRecordedRun: false,
    isOwn: false,
    sketch: { nodes: [], edges: [] },
  };
  expect(selectShowcase([template, { ...template, id: 'b', hasRecordedRun: true }])?.id).toBe('b');
  expect(selectShowcase([template])).toBeNull();
  expect(selectShowcase(null)).toBeNull();
});

it('sorts workflows by their names, not by their files', () => {
  const file = (path: string, name: string) => ({ path, name, modifiedAtMs: 0, problem: null });
  const files = [file('a.heddle.json', 'Notes 10'), file('b.heddle.json', 'notes 2'), file('c.heddle.json', 'Brief')];
  expect(sortByName(files).map(({ name }) => name)).toEqual(['Brief', 'notes 2', 'Notes 10']);
});

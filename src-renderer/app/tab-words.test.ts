import { expect, it } from 'vitest';
import { toTabTitle } from './tab-words.ts';

const library = {
  workflows: [{ path: 'notes/long.heddle.json', name: 'Notes', modifiedAtMs: 0, problem: null }],
  templates: null,
};

it('calls a workflow by its name, and by its file until the list of workflows has it', () => {
  expect(toTabTitle({ type: 'workflow', path: 'notes/long.heddle.json' }, library, { byId: {} })).toBe('Notes');
  expect(toTabTitle({ type: 'workflow', path: 'notes/new.heddle.json' }, library, { byId: {} })).toBe('new');
});

it('tells runs of one workflow apart before anything is known of them', () => {
  expect(toTabTitle({ type: 'run', runId: '0mwovqbri-6828a975b2' }, library, { byId: {} })).toBe('Run #a975b2');
});

import { expect, it } from 'vitest';
import type { JsonObject } from '#shared/base/json.ts';
import type { RunState, RunStatus, RunSummary } from '#shared/run/state.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { createRunGrants } from './run-grants.ts';

const workflow = toDocument(
  {
    start: {
      kind: 'input',
      config: {
        fields: [
          { name: 'folder', type: 'folder', default: '/home/somebody/private' },
          { name: 'file', type: 'file' },
          { name: 'text', type: 'string' },
        ],
      },
    },
  },
  [],
);

/** The grants after a run with these inputs was seen in each of these states. */
function grantsAfter(inputs: JsonObject, ...statuses: RunStatus[]) {
  let tell: (summary: RunSummary) => void = () => undefined;
  const grants = createRunGrants(
    {
      onSummary: (listener) => {
        tell = listener;
        return () => undefined;
      },
      state: () => ({ workflow, inputs }) as unknown as RunState,
    },
    '/workspace',
  );
  for (const status of statuses) tell({ runId: 'r1', status } as RunSummary);
  return grants();
}

it('opens for reading what a person named, and nothing else', () => {
  expect(grantsAfter({ folder: '/notes', file: '../a.csv', text: '/etc' }, 'running')).toEqual([
    { path: '/notes', access: 'read' },
    { path: '/a.csv', access: 'read' },
  ]);
});

it('opens nothing for a default, which the author of the workflow chose', () => {
  expect(grantsAfter({ folder: '/home/somebody/private', file: null, text: null }, 'running')).toEqual([]);
});

it('closes it when the run has ended, not before', () => {
  expect(grantsAfter({ folder: '/notes' }, 'running', 'waiting')).toHaveLength(1);
  for (const end of ['succeeded', 'failed', 'cancelled'] as const) expect(grantsAfter({ folder: '/notes' }, 'running', end)).toEqual([]);
});

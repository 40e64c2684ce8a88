import { expect, test } from 'vitest';
import type { WorkflowDocument, WorkflowNode } from './document.ts';
import type { WorkflowEdit } from './edit.ts';
import { refuseLocked } from './lock.ts';

const node = (id: string, locked?: true): WorkflowNode => ({
  id,
  kind: 'merge',
  name: id,
  position: { x: 0, y: 0 },
  config: {},
  ...(locked === undefined ? {} : { locked }),
});
const document: WorkflowDocument = { schemaVersion: 1, name: 'Locks', nodes: [node('free'), node('fixed', true)], edges: [] };

test.each<WorkflowEdit>([
  { type: 'moveNodes', positions: [{ node: 'fixed', position: { x: 1, y: 1 } }] },
  { type: 'removeNodes', nodes: ['free', 'fixed'] },
  { type: 'changeConfig', node: 'fixed', config: {} },
  {
    type: 'batch',
    edits: [
      { type: 'renameNode', node: 'fixed', name: 'x' },
      { type: 'setLocked', node: 'fixed', locked: null },
    ],
  },
])('a locked node cannot be moved, changed or deleted (%#)', (edit) => {
  expect(() => refuseLocked(document, edit)).toThrow('“fixed” is locked. Unlock it first.');
});

test.each<WorkflowEdit>([
  { type: 'renameNode', node: 'free', name: 'x' },
  { type: 'setLocked', node: 'fixed', locked: null },
  { type: 'addEdge', edge: { from: { node: 'free', port: 'value' }, to: { node: 'fixed', port: 'in' } } },
  {
    type: 'batch',
    edits: [
      { type: 'setLocked', node: 'fixed', locked: null },
      { type: 'removeNodes', nodes: ['fixed'] },
    ],
  },
])('unlocking it, and what leaves it as it is, is let through (%#)', (edit) => {
  expect(() => refuseLocked(document, edit)).not.toThrow();
});

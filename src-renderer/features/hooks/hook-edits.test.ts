import { expect, it } from 'vitest';
import type { HookDeclaration } from '#shared/workflow/document.ts';
import {
  findNameProblem,
  listNodeChoices,
  problemsOfHook,
  toHooksEdit,
  withHookChanged,
  withHookMoved,
  withNewHook,
  withoutHook,
} from './hook-edits.ts';

const hook = (id: string, change: Partial<HookDeclaration> = {}): HookDeclaration => ({
  id,
  point: 'afterNode',
  action: { type: 'expression', expression: 'null' },
  ...change,
});

it('adds hooks under names that are free', () => {
  expect(withNewHook(withNewHook([], 'afterRun'), 'afterRun')).toEqual([
    { id: 'afterRun', point: 'afterRun', action: { type: 'expression', expression: 'null' } },
    { id: 'afterRun2', point: 'afterRun', action: { type: 'expression', expression: 'null' } },
  ]);
});

it('moves a hook by one place, and not over an end', () => {
  const hooks = [hook('a'), hook('b'), hook('c')];
  const ids = (list: readonly HookDeclaration[]) => list.map(({ id }) => id).join('');
  expect([
    ids(withHookMoved(hooks, 2, -1)),
    ids(withHookMoved(hooks, 0, 1)),
    ids(withHookMoved(hooks, 0, -1)),
    ids(withHookMoved(hooks, 2, 1)),
  ]).toEqual(['acb', 'bac', 'abc', 'abc']);
  expect(ids(withoutHook(hooks, 1))).toBe('ac');
});

it('takes away what is set to nothing, and nodes that a hook about the run has no use for', () => {
  const hooks = [hook('a', { nodes: ['writer'], timeoutMs: 10, disabled: true })];
  expect(withHookChanged(hooks, 0, { timeoutMs: undefined, disabled: undefined })).toEqual([hook('a', { nodes: ['writer'] })]);
  expect(withHookChanged(hooks, 0, { nodes: [] })[0]).not.toHaveProperty('nodes');
  expect(withHookChanged(hooks, 0, { point: 'beforeRun' })[0]).not.toHaveProperty('nodes');
  expect(withHookChanged(hooks, 0, { point: 'onError' })[0]?.nodes).toEqual(['writer']);
});

it('leaves no empty list in the file', () => {
  expect([toHooksEdit([]), toHooksEdit([hook('a')])]).toEqual([
    { type: 'changeHooks', hooks: null },
    { type: 'changeHooks', hooks: [hook('a')] },
  ]);
});

it('says why a name cannot be', () => {
  const hooks = [hook('a'), hook('b')];
  expect([findNameProblem(hooks, 0, 'a'), findNameProblem(hooks, 0, 'b'), findNameProblem(hooks, 0, '1x')]).toEqual([
    null,
    'Another hook is called so.',
    'A letter first; then letters, digits and _.',
  ]);
});

it('finds what validation says of a hook and of its fields', () => {
  const problem = (path: (string | number)[]) => ({
    code: 'x',
    severity: 'error' as const,
    node: null,
    port: null,
    message: path.join('.'),
    path,
  });
  const problems = [problem(['hooks', 0, 'when']), problem(['hooks', 1, 'when']), problem(['hooks', 1, 'action']), problem(['config'])];
  expect(problemsOfHook(problems, 1).map(({ message }) => message)).toEqual(['hooks.1.when', 'hooks.1.action']);
  expect(problemsOfHook(problems, 1, 'action').map(({ message }) => message)).toEqual(['hooks.1.action']);
});

it('offers the nodes that are not chosen yet, by name', () => {
  const node = (id: string, name: string, kind = 'prompt') => ({ id, name, kind, position: { x: 0, y: 0 }, config: {} });
  const document = {
    schemaVersion: 1 as const,
    name: 'T',
    edges: [],
    nodes: [node('b', 'Writer'), node('a', ''), node('n', 'Note', 'note'), node('c', 'Brief')],
  };
  expect(listNodeChoices(document, ['b'])).toEqual([
    { id: 'a', name: 'a' },
    { id: 'c', name: 'Brief' },
  ]);
});

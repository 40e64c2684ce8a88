import { type HookDeclaration, type HookPoint, nodeIdPattern, type WorkflowDocument } from '#shared/workflow/document.ts';
import type { WorkflowEdit } from '#shared/workflow/edit.ts';
import type { Problem } from '#shared/workflow/problem.ts';
import { isAboutRun } from './point-words.ts';

type Hooks = readonly HookDeclaration[];

/** What is to be changed of a hook; undefined takes a detail away. */
export type HookChange = { readonly [Key in keyof HookDeclaration]?: HookDeclaration[Key] | undefined };

/** The hooks with one more at the end, which lets everything be. */
export function withNewHook(hooks: Hooks, point: HookPoint): Hooks {
  return [...hooks, { id: toFreeId(hooks, point), point, action: { type: 'expression', expression: 'null' } }];
}

export function withoutHook(hooks: Hooks, index: number): Hooks {
  return hooks.filter((_, at) => at !== index);
}

/** The hooks with one of them a place further up (-1) or down (1). */
export function withHookMoved(hooks: Hooks, index: number, by: 1 | -1): Hooks {
  const [moved, other] = [hooks[index], hooks[index + by]];
  if (moved === undefined || other === undefined) return hooks;
  return hooks.map((hook, at) => (at === index ? other : at === index + by ? moved : hook));
}

/** The hooks with one changed. A hook about the run itself loses the nodes that it was for: it would never be asked. */
export function withHookChanged(hooks: Hooks, index: number, change: HookChange): Hooks {
  return hooks.map((hook, at) => {
    if (at !== index) return hook;
    const whole = { ...hook, ...change };
    const nodes = isAboutRun(change.point ?? hook.point) || whole.nodes?.length === 0 ? undefined : whole.nodes;
    return Object.fromEntries(Object.entries({ ...whole, nodes }).filter(([, value]) => value !== undefined)) as HookDeclaration;
  });
}

/** The edit that gives the workflow these hooks. */
export function toHooksEdit(hooks: Hooks): WorkflowEdit {
  return { type: 'changeHooks', hooks: hooks.length === 0 ? null : [...hooks] };
}

/** Why a hook cannot be called so; null when it can. */
export function findNameProblem(hooks: Hooks, index: number, name: string): string | null {
  if (!nodeIdPattern.test(name)) return 'A letter first; then letters, digits and _.';
  return hooks.some((hook, at) => at !== index && hook.id === name) ? 'Another hook is called so.' : null;
}

/** What validation says of one hook, or of one of its fields. */
export function problemsOfHook(problems: readonly Problem[], index: number, field?: string): readonly Problem[] {
  return problems.filter(({ path }) => path?.[0] === 'hooks' && path[1] === index && (field === undefined || path[2] === field));
}

/** Nodes that a hook could be narrowed to, by name; those it has are left out. */
export function listNodeChoices(
  { nodes }: WorkflowDocument,
  chosen: readonly string[],
): readonly { readonly id: string; readonly name: string }[] {
  return nodes
    .filter(({ id, kind }) => kind !== 'note' && !chosen.includes(id))
    .map(({ id, name }) => ({ id, name: name || id }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function toFreeId(hooks: Hooks, point: HookPoint): string {
  const taken = new Set(hooks.map(({ id }) => id));
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? point : `${point}${number}`;
    if (!taken.has(id)) return id;
  }
}

import type { NodeGroup, WorkflowDocument } from '#shared/workflow/document.ts';
import type { WorkflowEdit } from '#shared/workflow/edit.ts';
import { toFreeId, toFreeName } from '#shared/workflow/free-names.ts';

/** The group that these nodes are, all of it and nothing else; undefined when they are none. */
export function findGroupOf({ groups = [] }: WorkflowDocument, nodes: readonly string[]): NodeGroup | undefined {
  const selected = new Set(nodes);
  return groups.find((group) => group.nodes.length === selected.size && group.nodes.every((id) => selected.has(id)));
}

/** The edit that makes a group of nodes; they leave the groups they were in. Gives the id of the group too. */
export function toGroupEdit(document: WorkflowDocument, nodes: readonly string[]): { readonly edit: WorkflowEdit; readonly id: string } {
  const groups = document.groups ?? [];
  const id = toFreeId(new Set(groups.map((group) => group.id)), 'group');
  const title = toFreeName(new Set(groups.map((group) => group.title)), 'Group');
  const others = withoutMembers(groups, nodes);
  return { edit: { type: 'changeGroups', groups: [...others, { id, title, nodes: [...nodes] }] }, id };
}

/** The edit that takes groups away in which any of these nodes is, leaving the nodes; null when there is none. */
export function toUngroupEdit(document: WorkflowDocument, nodes: readonly string[]): WorkflowEdit | null {
  const selected = new Set(nodes);
  const groups = document.groups ?? [];
  const left = groups.filter((group) => !group.nodes.some((id) => selected.has(id)));
  return left.length === groups.length ? null : { type: 'changeGroups', groups: left.length === 0 ? null : left };
}

/** The edit that gives a group another title or colour. */
export function toGroupChange(document: WorkflowDocument, id: string, change: Pick<Partial<NodeGroup>, 'title' | 'colour'>): WorkflowEdit {
  return { type: 'changeGroups', groups: (document.groups ?? []).map((group) => (group.id === id ? { ...group, ...change } : group)) };
}

function withoutMembers(groups: readonly NodeGroup[], nodes: readonly string[]): readonly NodeGroup[] {
  const moved = new Set(nodes);
  return groups.flatMap((group) => {
    const left = group.nodes.filter((id) => !moved.has(id));
    return left.length === 0 ? [] : [left.length === group.nodes.length ? group : { ...group, nodes: left }];
  });
}

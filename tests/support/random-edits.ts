import { toEdgeId, type WorkflowDocument } from '#shared/workflow/document.ts';
import type { WorkflowEdit } from '#shared/workflow/edit.ts';

/** Something that a person might do to this document; some of it cannot be done. `random` gives numbers in [0, 1). */
export function toRandomEdit(document: WorkflowDocument, random: () => number): WorkflowEdit {
  const whole = (below: number) => Math.floor(random() * below);
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[whole(items.length)];
  const nodes = document.nodes.map(({ id }) => id);
  const node = pick(nodes) ?? 'nobody';
  const edge = pick(document.edges);
  const newId = `n${whole(40)}`;
  const place = () => ({ x: whole(100) * 8, y: whole(100) * 8 });
  const addNode = (): WorkflowEdit => ({
    type: 'addNode',
    node: { id: newId, kind: 'prompt', name: `Node ${newId}`, position: place(), config: { prompt: `{{ ${node}.text }}` } },
  });
  const edits: (() => WorkflowEdit)[] = [
    addNode,
    addNode,
    () => ({ type: 'removeNodes', nodes: random() < 0.3 && nodes.length > 1 ? nodes.slice(0, 2) : [node] }),
    () => ({ type: 'moveNodes', positions: nodes.slice(0, 1 + whole(3)).map((id) => ({ node: id, position: place() })) }),
    () => ({ type: 'changeConfig', node, config: { prompt: `text ${whole(1000)}`, temperature: random() } }),
    () => ({ type: 'renameNode', node, name: `Name ${whole(100)}` }),
    () => ({ type: 'changeNodeId', node, newId }),
    () => ({ type: 'addEdge', edge: { from: { node, port: 'text' }, to: { node: pick(nodes) ?? node, port: 'in' } } }),
    () => ({ type: 'addEdge', edge: { from: { node, port: 'text' }, to: { node: pick(nodes) ?? node, port: 'in' } } }),
    () => ({ type: 'removeEdges', edges: edge === undefined ? [] : [toEdgeId(edge)] }),
    () => ({
      type: 'changeEdgeLabel',
      edge: edge === undefined ? 'none' : toEdgeId(edge),
      label: random() < 0.5 ? null : `way ${whole(5)}`,
    }),
    () => ({ type: 'changePolicy', node, policy: random() < 0.4 ? null : { maxAttempts: 1 + whole(5) } }),
    () => ({ type: 'setDisabled', node, disabled: random() < 0.5 ? null : true }),
    () => ({
      type: 'changeNodeDetails',
      node,
      compensation: random() < 0.5 ? null : (pick(nodes) ?? null),
      lane: random() < 0.5 ? null : 'slow',
    }),
    () => ({ type: 'changeDetails', name: `Workflow ${whole(9)}`, description: random() < 0.5 ? null : 'Said.' }),
    () => ({ type: 'changeGroups', groups: random() < 0.4 ? null : [{ id: 'g', title: 'Group', nodes: nodes.slice(0, 2) }] }),
    () => ({
      type: 'changeHooks',
      hooks: random() < 0.5 ? null : [{ id: 'h', point: 'beforeRun', action: { type: 'expression', expression: 'null' } }],
    }),
    () => ({ type: 'batch', edits: [addNode(), { type: 'moveNodes', positions: [{ node: newId, position: place() }] }] }),
  ];
  return (pick(edits) ?? addNode)();
}

import { assertNever } from '../base/assert-never.ts';
import type { WorkflowEdit } from '../workflow/edit.ts';

/** What an edit did, in a few words that name its nodes: `moved writer and reader, connected writer.text to result.value`. */
export function describeEdit(edit: WorkflowEdit): string {
  const words = [...new Set(listWords(edit))];
  return words.length <= mostWords ? words.join(', ') : `${words.slice(0, mostWords).join(', ')} and ${words.length - mostWords} more`;
}

const mostWords = 3;

function listWords(edit: WorkflowEdit): readonly string[] {
  switch (edit.type) {
    case 'batch':
      return edit.edits.flatMap(listWords);
    case 'addNode':
      return [`added ${edit.node.id}`];
    case 'removeNodes':
      return edit.nodes.length === 0 ? [] : [`removed ${toNames(edit.nodes)}`];
    case 'moveNodes':
      return [`moved ${toNames(edit.positions.map(({ node }) => node))}`];
    case 'changeConfig':
      return [`changed the settings of ${edit.node}`];
    case 'changeKind':
      return [`made ${edit.node} a ${edit.kind} node`];
    case 'renameNode':
      return [`named ${edit.node} “${edit.name}”`];
    case 'changeNodeId':
      return [`changed the id ${edit.node} to ${edit.newId}`];
    case 'addEdge':
      return [`connected ${edit.edge.from.node}.${edit.edge.from.port} to ${edit.edge.to.node}.${edit.edge.to.port}`];
    case 'removeEdges':
      return edit.edges.length === 0
        ? []
        : [edit.edges.length === 1 ? `removed the edge ${edit.edges[0]}` : `removed ${edit.edges.length} edges`];
    case 'changeEdgeLabel':
      return [`labelled the edge ${edit.edge}`];
    case 'changePolicy':
      return [`changed what happens when ${edit.node} fails`];
    case 'setDisabled':
      return [`${edit.disabled === true ? 'disabled' : 'enabled'} ${edit.node}`];
    case 'setLocked':
      return [`${edit.locked === true ? 'locked' : 'unlocked'} ${edit.node}`];
    case 'changeNodeDetails':
      return [`changed how ${edit.node} runs`];
    case 'changeDetails':
      return ['changed the details of the workflow'];
    case 'changeHooks':
      return ['changed the hooks'];
    case 'changeGroups':
      return ['changed the groups'];
    case 'changeComments':
      return ['changed comments of the code'];
    case 'restore':
      return [
        ...(edit.nodes.length === 0 ? [] : [`added ${toNames(edit.nodes.map(({ node }) => node.id))}`]),
        ...(edit.nodes.length > 0 || edit.edges.length === 0
          ? []
          : [edit.edges.length === 1 ? 'added an edge' : `added ${edit.edges.length} edges`]),
      ];
    case 'replaceDocument':
      return ['replaced the whole workflow'];
    default:
      return assertNever(edit);
  }
}

function toNames(ids: readonly string[]): string {
  const [first, second] = ids;
  if (ids.length > 2) return `${ids.length} nodes`;
  return second === undefined ? (first ?? 'nothing') : `${first} and ${second}`;
}

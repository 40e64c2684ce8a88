import { expect, it } from 'vitest';
import { type RunEvent, type RunEventData, type RunEventType, toRunEvent, toRunStream } from '#shared/run/events.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import type { RunState } from '#shared/run/state.ts';
import type { WorkflowDocument, WorkflowNode } from '#shared/workflow/document.ts';
import { toStartedData } from '../../../tests/support/run-started.ts';
import { placeRest, toLayoutGraph } from './auto-layout.ts';
import { toCards } from './card-model.ts';
import { toPasteEdit } from './clipboard.ts';
import { toFlowEdge } from './flow-elements.ts';
import { toLinks } from './flow-links.ts';
import { toUndoOrder } from './undo-order.ts';

const node = (id: string, compensation?: string): WorkflowNode => ({
  id,
  kind: 'transform',
  name: id,
  position: { x: 0, y: 0 },
  config: { expression: '1' },
  ...(compensation === undefined ? {} : { compensation }),
});
const workflow: WorkflowDocument = {
  schemaVersion: 1,
  name: 'T',
  nodes: [node('flight', 'noFlight'), node('hotel', 'noHotel'), node('noFlight'), node('noHotel')],
  edges: [{ from: { node: 'flight', port: 'value' }, to: { node: 'hotel', port: 'in' } }],
};

it('are drawn outside the forward flow, with a dashed link from what they undo', () => {
  expect(toCards(workflow).map(({ undoes, isUndone }) => [undoes, isUndone])).toEqual([
    [null, true],
    [null, true],
    ['flight', false],
    ['hotel', false],
  ]);
  const links = toLinks(workflow, toCards(workflow))
    .filter(({ type }) => type === 'undo')
    .map((link) => toFlowEdge(link, 'idle', false, false, undefined));
  expect(links.map(({ source, target, selectable }) => [source, target, selectable])).toEqual([
    ['flight', 'noFlight', false],
    ['hotel', 'noHotel', false],
  ]);
});

it('are laid out in a row below the flow, and overlap nothing', () => {
  expect(toLayoutGraph(workflow).boxes.map(({ id }) => id)).toEqual(['flight', 'hotel']);
  const places = new Map(
    placeRest(workflow, [
      { node: 'flight', position: { x: 0, y: 0 } },
      { node: 'hotel', position: { x: 100, y: 0 } },
    ]).map((place) => [place.node, place.position]),
  );
  const [left, right] = [places.get('noFlight'), places.get('noHotel')];
  expect(left?.x).toBe(0);
  expect(left?.y).toBe(right?.y);
  expect(left?.y).toBeGreaterThan(92);
  expect((right?.x ?? 0) - (left?.x ?? 0)).toBeGreaterThanOrEqual(184);
});

it('are copied with what they undo, and left behind when they are not copied', () => {
  const pasted = (nodes: readonly WorkflowNode[]) => {
    const { edit } = toPasteEdit(workflow, { nodes, edges: [], groups: [] }, { x: 0, y: 0 });
    return edit.type !== 'batch'
      ? []
      : edit.edits.flatMap((part) => (part.type === 'addNode' ? [[part.node.id, part.node.compensation]] : []));
  };
  expect(pasted([workflow.nodes[0] as WorkflowNode, workflow.nodes[2] as WorkflowNode])).toEqual([
    ['flight2', 'noFlight2'],
    ['noFlight2', undefined],
  ]);
  expect(pasted([workflow.nodes[0] as WorkflowNode])).toEqual([['flight2', undefined]]);
});

it('are numbered from the last completed to the first while they undo', () => {
  type Fact = { readonly [Type in RunEventType]: readonly [Type, RunEventData[Type]] }[RunEventType];
  const done = (id: string): readonly Fact[] => [
    ['node.started', { node: id, attempt: 1, inputs: {} }],
    ['node.succeeded', { node: id, attempt: 1, outputs: { value: 1 } }],
  ];
  const facts: readonly Fact[] = [
    ['run.started', toStartedData(workflow)],
    ...done('flight'),
    ...done('hotel'),
    ['run.compensationRequested', { reason: 'r', by: 'me' }],
    ['saga.started', { scope: '', reason: 'r' }],
  ];
  const fold = (length: number) =>
    foldRun(
      facts
        .slice(0, length)
        .map(
          ([type, data], index) =>
            ({ ...toRunEvent(type, data as never, index), stream: toRunStream('r'), seq: index + 1 }) as unknown as RunEvent,
        ),
    ) as RunState;
  expect(toUndoOrder(fold(6), '').size).toBe(0);
  expect(Object.fromEntries(toUndoOrder(fold(7), ''))).toEqual({ hotel: 1, noHotel: 1, flight: 2, noFlight: 2 });
});

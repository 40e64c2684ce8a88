import { expect, it } from 'vitest';
import { type RunEvent, toRunEvent, toRunStream } from '#shared/run/events.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import { toStartedData } from '../../tests/support/run-started.ts';
import { createRunHistory } from './run-history.ts';

const workflow = {
  schemaVersion: 1 as const,
  name: 'w',
  nodes: [{ id: 'a', kind: 'agent', name: 'A', position: { x: 0, y: 0 }, config: {} }],
  edges: [],
};

/** A run of one agent that takes many turns. */
function longJournal(length: number): readonly RunEvent[] {
  return Array.from({ length }, (_unused, index) => {
    const fact =
      index === 0
        ? toRunEvent('run.started', toStartedData(workflow), index)
        : index === 1
          ? toRunEvent('node.started', { node: 'a', attempt: 1, inputs: {} }, index)
          : toRunEvent('turn.started', { frame: `a#1/t${index}`, turn: index }, index);
    return { ...fact, stream: toRunStream('r'), seq: index + 1 } as unknown as RunEvent;
  });
}

it('gives any moment as a fold of the whole would, kept states or not', () => {
  const events = longJournal(1000);
  const history = createRunHistory();
  history.append(events);
  for (const seq of [1, 2, 255, 256, 257, 511, 512, 513, 999, 1000]) expect(history.at(seq)).toEqual(foldRun(events.slice(0, seq)));
});

it('gives its ends for moments outside', () => {
  const history = createRunHistory();
  expect([history.at(1), history.head, history.lastSeq]).toEqual([null, null, 0]);
  const events = longJournal(3);
  history.append(events);
  expect(history.at(-4)).toEqual(foldRun(events.slice(0, 1)));
  expect(history.at(99)).toBe(history.head);
});

it('refuses a journal with a hole', () => {
  const events = longJournal(5);
  const history = createRunHistory();
  history.append(events.slice(0, 2));
  expect(() => history.append(events.slice(3))).toThrow('cannot follow');
});

import { type RunEvent, type RunEventData, type RunEventType, toRunEvent } from '#shared/run/events.ts';
import { reduceRun } from '#shared/run/reduce-run.ts';
import type { RunState } from '#shared/run/state.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { toStartedEvent } from './run-started.ts';

/** What happened, without when. */
export type Fact = { readonly [Type in RunEventType]: readonly [Type, RunEventData[Type]] }[RunEventType];

/** The state of a run that has just begun, at 0 ms, as event 1. */
export function beginRun(workflow: WorkflowDocument, more: Partial<RunEventData['run.started']> = {}): RunState {
  return reduceRun(null, toStartedEvent(workflow, more));
}

/** The run after these facts; what is event n happens at 10 × n milliseconds. */
export function recordFacts(state: RunState, ...facts: readonly Fact[]): RunState {
  return facts.reduce((current, [type, data]) => {
    const seq = current.lastSeq + 1;
    return reduceRun(current, { ...toRunEvent(type, data as never, seq * 10), stream: `run/${state.runId}`, seq } as RunEvent);
  }, state);
}

/** A first attempt begins. */
export const started = (node: string, attempt = 1, inputs = {}): Fact => ['node.started', { node, attempt, inputs }];
/** It succeeds. */
export const succeeded = (node: string, outputs = {}, attempt = 1): Fact => ['node.succeeded', { node, attempt, outputs }];
/** It fails, and the graph with it. */
export const failed = (node: string, error: RunEventData['node.failed']['error'], attempt = 1): Fact => [
  'node.failed',
  { node, attempt, error, consequence: { type: 'stop' } },
];

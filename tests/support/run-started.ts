import { type RunEvent, type RunEventData, toRunEvent } from '#shared/run/events.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';

/** What a run of this workflow begins with, when nothing was asked for in particular. */
export function toStartedData(workflow: WorkflowDocument, more: Partial<RunEventData['run.started']> = {}): RunEventData['run.started'] {
  return {
    runId: 'r',
    workflow,
    workflowPath: null,
    inputs: {},
    approvalMode: 'ask',
    modelOverride: null,
    startedBy: 'test',
    subworkflows: {},
    budgetUsd: null,
    forkedFrom: null,
    part: null,
    ...more,
  };
}

/** The first event of a run's journal. */
export function toStartedEvent(workflow: WorkflowDocument, more: Partial<RunEventData['run.started']> = {}): RunEvent {
  const data = toStartedData(workflow, more);
  return { ...toRunEvent('run.started', data, 0), stream: `run/${data.runId}`, seq: 1 } as RunEvent;
}

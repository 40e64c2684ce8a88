import { create } from 'zustand';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { PartRequest } from '#shared/contract/parts.ts';
import type { ApprovalMode, Steering } from '#shared/run/events.ts';
import type { ForkEdit, ForkReuse } from '#shared/run/fork-origin.ts';
import { getApi } from './connection.ts';
import { saveEdits } from './pending-edits.ts';
import { setSelectedRunNode } from './selection.ts';
import { openTab } from './tabs.ts';

export interface RunRequest {
  readonly path: string;
  readonly inputs: JsonObject;
  readonly approvalMode: ApprovalMode;
  /** Replaces the model of every node. */
  readonly modelOverride?: string;
  /** Where the run interrupts itself, in US dollars. */
  readonly budgetUsd?: number;
  /** Runs only this part. */
  readonly part?: Pick<PartRequest, 'mode' | 'node'> & { readonly given?: Readonly<Record<string, JsonObject>> };
}

/** How many runs are on their way to their first event: a second press of Run in that time would start another. */
export const useStarting = create<{ readonly count: number }>()(() => ({ count: 0 }));

/** Counts the work as a start under way until it ends, however it ends. */
export async function whileStarting<Result>(work: () => Promise<Result>): Promise<Result> {
  useStarting.setState(({ count }) => ({ count: count + 1 }));
  try {
    return await work();
  } finally {
    useStarting.setState(({ count }) => ({ count: count - 1 }));
  }
}

/** Saves the workflow's edits, starts a run of it and opens the run. */
export async function startRun({ path, inputs, approvalMode, modelOverride, budgetUsd, part }: RunRequest): Promise<string> {
  await saveEdits(path);
  const { runId } = await getApi().run.start({
    source: { type: 'file', path },
    inputs,
    approvalMode,
    startedBy: 'window',
    ...(modelOverride === undefined ? {} : { modelOverride }),
    ...(budgetUsd === undefined ? {} : { budgetUsd }),
    ...(part === undefined ? {} : { part }),
  });
  openTab({ type: 'run', runId });
  // What such a part is run for is what its node gives.
  if (part !== undefined && part.mode !== 'from') setSelectedRunNode(`run:${runId}`, part.node);
  return runId;
}

/** Asks a run to stop. */
export async function cancelRun(runId: string): Promise<void> {
  await getApi().run.cancel({ runId });
}

/** Sends a run a signal; one that nobody waits for yet is kept. */
export async function sendSignal(runId: string, name: string, payload: JsonValue): Promise<void> {
  await getApi().run.signal({ runId, name, payload, by: 'user' });
}

/** Holds a run until it is told to go on: when its calls have finished, or at once, dropping them. */
export async function interruptRun(runId: string, mode: 'finish' | 'abandon'): Promise<void> {
  await getApi().run.interrupt({ runId, mode, reason: 'held from the window', by: 'user' });
}

/** Lets an interrupted run go on. */
export async function continueRun(runId: string): Promise<void> {
  await getApi().run.continue({ runId, by: 'user' });
}

/** Changes a run while it lives; all of the changes or none. */
export async function steerRun(runId: string, changes: readonly Steering[]): Promise<void> {
  await getApi().run.steer({ runId, changes: [...changes], by: 'user' });
}

/** Stops a run and undoes what it did. */
export async function compensateRun(runId: string): Promise<void> {
  await getApi().run.compensate({ runId, reason: 'undone from the window', by: 'user' });
}

/** Starts a run that takes over what another recorded, and opens it. With a path, that workflow's file takes the place of the recorded one. */
export async function forkRun({
  workflowPath,
  edits,
  ...request
}: {
  readonly runId: string;
  readonly atSeq: number;
  readonly reuse: ForkReuse;
  readonly edits: readonly ForkEdit[];
  readonly workflowPath: string | null;
}): Promise<void> {
  if (workflowPath !== null) await saveEdits(workflowPath);
  const current = workflowPath === null ? null : (await getApi().workflow.get({ path: workflowPath })).document;
  const withWorkflow: ForkEdit[] = current === null ? [...edits] : [...edits, { type: 'workflow', path: null, document: current }];
  const { runId } = await getApi().run.fork({ ...request, edits: withWorkflow, startedBy: 'window' });
  openTab({ type: 'run', runId });
}

/** Takes up a run that a fault stopped. */
export async function resumeRun(runId: string): Promise<void> {
  await getApi().run.resume({ runId });
}

/** Copies a template into the workspace, runs it with its example inputs on the scripted model and opens the run. */
export async function runTemplate(templateId: string): Promise<string> {
  const { path, exampleInputs } = await getApi().template.instantiate({ id: templateId });
  return startRun({ path, inputs: exampleInputs, approvalMode: 'ask' });
}

/** Copies a template into the workspace and opens the new workflow. */
export async function openTemplate(templateId: string): Promise<void> {
  const { path } = await getApi().template.instantiate({ id: templateId });
  openTab({ type: 'workflow', path });
}

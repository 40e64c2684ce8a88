import { create } from 'zustand';
import type { JsonObject } from '#shared/base/json.ts';
import type { ApprovalMode } from '#shared/run/events.ts';
import { getApi } from './connection.ts';
import { saveEdits } from './pending-edits.ts';
import { openTab } from './tabs.ts';

export interface RunRequest {
  readonly path: string;
  readonly inputs: JsonObject;
  readonly approvalMode: ApprovalMode;
  /** Replaces the model of every node. */
  readonly modelOverride?: string;
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
export async function startRun({ path, inputs, approvalMode, modelOverride }: RunRequest): Promise<string> {
  await saveEdits(path);
  const { runId } = await getApi().run.start({
    source: { type: 'file', path },
    inputs,
    approvalMode,
    startedBy: 'window',
    ...(modelOverride === undefined ? {} : { modelOverride }),
  });
  openTab({ type: 'run', runId });
  return runId;
}

/** Asks a run to stop. */
export async function cancelRun(runId: string): Promise<void> {
  await getApi().run.cancel({ runId });
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

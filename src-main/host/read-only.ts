import { HeddleError } from '#shared/base/errors.ts';
import { toRunId, toRunStream } from '#shared/run/events.ts';
import type { RunSummary } from '#shared/run/state.ts';
import { toRunSummary } from '#shared/run/summary.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { toOpenApprovals } from '../runtime/approvals.ts';
import { reportFork } from '../runtime/fork-run.ts';
import { loadRunState } from '../runtime/read-journal.ts';
import { replayStored } from '../runtime/replay-run.ts';
import type { Runs } from '../runtime/runs.ts';
import { createSummaries } from '../runtime/summaries.ts';
import type { Bundles } from '../workspace/bundles.ts';
import type { PinFiles } from '../workspace/pins.ts';
import type { TemplateLibrary } from '../workspace/template-library.ts';
import type { WorkflowFiles } from '../workspace/workflow-files.ts';

/** The runs of a journal that somebody else may be writing: everything can be looked at, nothing can be done. */
export function createReadOnlyRuns(store: EventStore, reason: string, replaying: Parameters<typeof replayStored>[2]): Runs {
  const known = createSummaries(store, () => undefined);
  const refuse = (): Promise<never> => Promise.reject(readOnly(reason));

  /** Folds again what has grown since it was last looked at. */
  function summary(runId: string): RunSummary {
    const before = known.get(runId);
    if (before !== undefined && before.lastSeq === store.head(toRunStream(runId)).lastSeq) return before;
    const now = toRunSummary(loadRunState(store, runId));
    known.put(now);
    return now;
  }
  function summaries(): readonly RunSummary[] {
    for (const { stream } of store.heads('run/')) {
      const runId = toRunId(stream);
      try {
        if (runId !== undefined) summary(runId);
      } catch {
        // `heddle doctor` says what is wrong with it.
      }
    }
    return known.list();
  }

  return {
    start: refuse,
    fork: refuse,
    forkReport: (runId) => reportFork(store, loadRunState(store, runId)),
    replay: async (runId, options) => replayStored(store, runId, replaying, options),
    cancel: refuse,
    compensate: refuse,
    interrupt: refuse,
    continue: refuse,
    steer: refuse,
    move: refuse,
    signal: refuse,
    resume: refuse,
    decide: refuse,
    settled: refuse,
    summaries,
    summary,
    state: (runId, atSeq) => loadRunState(store, runId, atSeq),
    openApprovals: () =>
      summaries().flatMap(({ runId, openApprovals }) => (openApprovals === 0 ? [] : toOpenApprovals(loadRunState(store, runId)))),
    onSummary: () => () => undefined,
    onDelta: () => () => undefined,
    recover: () => Promise.resolve({ resumed: [], refused: [] }),
    recordedFigures: () => ({}),
    close: () => Promise.resolve(),
  };
}

/** Workflow files that can only be read. */
export function toReadOnlyWorkflows(files: WorkflowFiles, reason: string): WorkflowFiles {
  const refuse = (): Promise<never> => Promise.reject(readOnly(reason));
  return { ...files, create: refuse, save: refuse, rename: refuse, remove: refuse };
}

/** Pins that can only be read. */
export function toReadOnlyPins(pins: PinFiles, reason: string): PinFiles {
  const refuse = (): Promise<never> => Promise.reject(readOnly(reason));
  return { ...pins, set: refuse, remove: refuse, moveWith: refuse, trashWith: refuse };
}

/** Templates that can only be looked at. */
export function toReadOnlyTemplates(templates: TemplateLibrary, reason: string): TemplateLibrary {
  const refuse = (): Promise<never> => Promise.reject(readOnly(reason));
  return { ...templates, instantiate: refuse, save: refuse, remove: refuse };
}

/** Bundles that can only be made. */
export function toReadOnlyBundles(bundles: Bundles, reason: string): Bundles {
  const refuse = (): Promise<never> => Promise.reject(readOnly(reason));
  return { ...bundles, import: refuse, place: refuse };
}

function readOnly(reason: string): HeddleError {
  return new HeddleError('host.readOnly', `This workspace is open for reading only, so nothing can be changed or run. ${reason}`);
}

import { create } from 'zustand';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { planWorkflow } from '#shared/workflow/plan.ts';
import type { Problem, WorkflowPlan } from '#shared/workflow/problem.ts';
import { validateWorkflow } from '#shared/workflow/validation.ts';
import type { WorkflowCatalogue } from '#shared/workflow/validation-subject.ts';
import { toWorkflowCatalogue, useCatalogue } from './catalogue.ts';
import { getApi, useConnection } from './connection.ts';
import { useDocuments } from './documents.ts';
import { useLibrary } from './library.ts';
import { setProblemCount } from './problem-counts.ts';
import { useRuns } from './runs.ts';

/** What follows from a document: its problems and its plan. Computed a moment after the last edit, not on every key. */
export interface Insights {
  readonly document: WorkflowDocument;
  readonly problems: readonly Problem[];
  readonly problemsByNode: ReadonlyMap<string, readonly Problem[]>;
  /** By recorded durations once the host has answered, by estimates until then. */
  readonly plan: WorkflowPlan;
}

interface InsightsStore {
  readonly byPath: Readonly<Record<string, Insights>>;
}

export const useInsights = create<InsightsStore>()(() => ({ byPath: {} }));

/** The problems of each node that has any. */
function groupByNode(problems: readonly Problem[]): ReadonlyMap<string, readonly Problem[]> {
  const groups = new Map<string, Problem[]>();
  for (const problem of problems) {
    if (problem.node === null) continue;
    const group = groups.get(problem.node);
    if (group === undefined) groups.set(problem.node, [problem]);
    else group.push(problem);
  }
  return groups;
}

const delayMs = 120;
const timers = new Map<string, ReturnType<typeof setTimeout>>();

function schedule(path: string, afterMs: number): void {
  clearTimeout(timers.get(path));
  timers.set(
    path,
    setTimeout(() => {
      timers.delete(path);
      compute(path);
    }, afterMs),
  );
}

function compute(path: string): void {
  const document = useDocuments.getState().byPath[path]?.document;
  if (document === undefined) return;
  const catalogue = toWorkflowCatalogue(useCatalogue.getState(), useLibrary.getState().workflows);
  if (document.nodes.length > mostHere) {
    askWorker(path, document, catalogue);
    return;
  }
  // Nothing has been done wrong on a canvas where nothing has been done.
  const problems = document.nodes.length === 0 ? [] : validateWorkflow(document, catalogue);
  // What earlier runs said of its nodes still holds until the host says it anew.
  put(path, document, problems, planWorkflow(document, useInsights.getState().byPath[path]?.plan.recorded));
  if (useConnection.getState().connection.status === 'online') void askForRecordedPlan(path, document);
}

/**
 * Checking more nodes than this would be felt. They are checked in a worker, and their plan stands by estimates: sending all of them
 * to the host after each edit would be felt as well.
 */
const mostHere = 1_000;

function put(path: string, document: WorkflowDocument, problems: readonly Problem[], plan: WorkflowPlan): void {
  const insights: Insights = { document, problems, problemsByNode: groupByNode(problems), plan };
  useInsights.setState((store) => ({ byPath: { ...store.byPath, [path]: insights } }));
  setProblemCount(path, problems.length);
}

/** The workers at work, by path; an answer about a document that has changed since is left, the next one is being computed. */
const workers = new Map<string, Worker>();

function askWorker(path: string, document: WorkflowDocument, catalogue: WorkflowCatalogue): void {
  workers.get(path)?.terminate();
  const worker = new Worker(new URL('./insights-worker.ts', import.meta.url), { type: 'module' });
  workers.set(path, worker);
  const end = () => {
    worker.terminate();
    if (workers.get(path) === worker) workers.delete(path);
  };
  worker.onmessage = ({ data }: MessageEvent<Pick<Insights, 'problems' | 'plan'>>) => {
    end();
    if (useDocuments.getState().byPath[path]?.document === document) put(path, document, data.problems, data.plan);
  };
  worker.onerror = (event) => {
    end();
    throw new Error(event.message);
  };
  worker.postMessage({ document, catalogue });
}

/** The host knows how long nodes took in earlier runs; its plan is taken while the document is still the same. */
async function askForRecordedPlan(path: string, document: WorkflowDocument): Promise<void> {
  try {
    const plan = await getApi().workflow.plan({ document, path });
    useInsights.setState((store) => {
      const now = store.byPath[path];
      return now?.document === document ? { byPath: { ...store.byPath, [path]: { ...now, plan } } } : store;
    });
  } catch {
    // The estimates stand until the next edit or connection.
  }
}

useDocuments.subscribe((now, before) => {
  for (const [path, open] of Object.entries(now.byPath)) {
    const known = before.byPath[path];
    if (known?.document !== open.document) schedule(path, known === undefined ? 0 : delayMs);
  }
});

function scheduleAll(): void {
  for (const path of Object.keys(useDocuments.getState().byPath)) schedule(path, delayMs);
}

useCatalogue.subscribe(scheduleAll);

/** A run that has succeeded knows how long the nodes of its workflow take. */
useRuns.subscribe((now, before) => {
  const ended = Object.values(now.byId).filter((run) => run.status === 'succeeded' && before.byId[run.runId]?.status !== 'succeeded');
  for (const path of new Set(ended.map(({ workflowPath }) => workflowPath))) {
    const insights = path === null ? undefined : useInsights.getState().byPath[path];
    if (path !== null && insights !== undefined && insights.document.nodes.length <= mostHere)
      void askForRecordedPlan(path, insights.document);
  }
});

useLibrary.subscribe((now, before) => {
  const toPaths = (files: typeof now.workflows) => files?.map(({ path }) => path).join('\n');
  if (toPaths(now.workflows) !== toPaths(before.workflows)) scheduleAll();
});

import { HeddleError } from '#shared/base/errors.ts';
import { type JsonValue, toCanonicalJson } from '#shared/base/json.ts';
import { type ForkReport, toForkReport } from '#shared/context/fork-report.ts';
import type { RunEventData } from '#shared/run/events.ts';
import type { ForkEdit, ForkOrigin } from '#shared/run/fork-origin.ts';
import { toPartDocument } from '#shared/run/plan-part.ts';
import type { RunState } from '#shared/run/state.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { checkForkEdits, createForkReuse, type ForkSources } from './fork-reuse.ts';
import { loadRunState, readRunEvents } from './read-journal.ts';
import type { Reuse } from './reuse.ts';
import type { RunLoopDependencies } from './run-loop-dependencies.ts';
import type { ForkRun, StartRun } from './runs.ts';
import { gatherSubworkflows } from './subworkflows.ts';

/**
 * What is to be started for a fork. Refuses with `request.invalid` an event, frame or subworkflow that the origin has not, and with
 * `approval.editInvalid` what could not have been granted there.
 */
export async function toForkStart(store: EventStore, request: ForkRun, checkJson: RunLoopDependencies['checkJson']): Promise<StartRun> {
  const { runId, atSeq, edits, reuse } = request;
  const origin = loadRunState(store, runId);
  if (atSeq > origin.lastSeq)
    throw new HeddleError('request.invalid', `Run ${runId} has ${origin.lastSeq} events, so it cannot be forked at event ${atSeq}.`);
  const forkedFrom: ForkOrigin = { runId, atSeq, readSeq: origin.lastSeq, reuse, edits: edits.map(toRecordedEdit) };
  checkForkEdits(reuse === 'before' ? loadRunState(store, runId, atSeq) : origin, forkedFrom.edits, checkJson);
  const started = readStart(store, runId);
  const edited = new Map(edits.flatMap((edit) => (edit.type === 'workflow' ? [[edit.path, edit.document] as const] : [])));
  for (const path of edited.keys()) {
    if (path !== null && started.subworkflows[path] === undefined)
      throw new HeddleError('request.invalid', `Run ${runId} has no subworkflow “${path}” that could be edited.`);
  }
  const document = edited.get(null) ?? started.workflow;
  return {
    document,
    workflowPath: started.workflowPath,
    inputs: Object.assign({}, started.inputs, ...edits.map((edit) => (edit.type === 'inputs' ? edit.inputs : {}))),
    approvalMode: request.approvalMode ?? started.approvalMode,
    modelOverride: started.modelOverride,
    startedBy: request.startedBy,
    budgetUsd: started.budgetUsd,
    part: started.part,
    subworkflows: await gatherSubworkflows(
      started.part === null ? document : toPartDocument(document, started.part.nodes),
      openSubworkflow,
    ),
    forkedFrom,
  };

  async function openSubworkflow(path: string): Promise<WorkflowDocument> {
    const known = edited.get(path) ?? started.subworkflows[path];
    if (known !== undefined) return known;
    if (request.openWorkflow === undefined) throw new HeddleError('workflow.notFound', `There is no workflow “${path}”.`);
    return request.openWorkflow(path);
  }
}

/** Where a run takes answers from that its origin had; undefined for one that is no fork. Throws when the origin cannot be read. */
export function openReuse(store: EventStore, state: RunState): Reuse | undefined {
  const { forkedFrom } = state;
  return forkedFrom === null ? undefined : createForkReuse(forkedFrom, readSources(store, state, forkedFrom));
}

/** What a fork took over and did again. Refuses with `request.invalid` a run that is none. */
export function reportFork(store: EventStore, state: RunState): ForkReport {
  const { forkedFrom, runId } = state;
  if (forkedFrom === null)
    throw new HeddleError('request.invalid', `Run ${runId} was not forked from another, so there is nothing to report.`);
  const { atSeq, readSeq, reuse } = forkedFrom;
  return toForkReport(state, loadRunState(store, forkedFrom.runId, reuse === 'before' ? atSeq : readSeq));
}

function readSources(store: EventStore, state: RunState, { runId, atSeq, readSeq }: ForkOrigin): ForkSources {
  const atFork = loadRunState(store, runId, atSeq);
  const started = readStart(store, runId);
  return {
    origin: readSeq === atSeq ? atFork : loadRunState(store, runId, readSeq),
    atFork,
    steerings: wasSteered(started, atFork) ? listSteerings(store, runId, atSeq) : [],
    ...(state.lastSeq === 1 ? { taken: [], steered: 0 } : readTaken(store, state.runId)),
  };
}

function readStart(store: EventStore, runId: string): RunEventData['run.started'] {
  const [first] = readRunEvents(store, runId, { atSeq: 1 });
  if (first?.type !== 'run.started') throw new HeddleError('run.notFound', `There is no run ${runId} in this workspace.`);
  return first.data;
}

/** Most runs were not, and need not be read through for it. */
function wasSteered(started: RunEventData['run.started'], state: RunState): boolean {
  const toText = (value: unknown) => toCanonicalJson(value as JsonValue);
  return (
    started.modelOverride !== state.modelOverride ||
    started.budgetUsd !== state.budgetUsd ||
    Object.keys(state.steeredCases).length > 0 ||
    toText(started.workflow) !== toText(state.workflow) ||
    toText(started.subworkflows) !== toText(state.subworkflows)
  );
}

function listSteerings(store: EventStore, runId: string, atSeq: number): ForkSources['steerings'] {
  const steerings: ForkSources['steerings'][number][] = [];
  for (const event of readRunEvents(store, runId, { atSeq })) {
    if (event.type === 'run.steered') steerings.push({ seq: event.seq, atMs: event.atMs, changes: event.data.changes });
  }
  return steerings;
}

/** What a fork that is taken up after a crash has taken over already. */
function readTaken(store: EventStore, runId: string): Pick<ForkSources, 'taken' | 'steered'> {
  const taken: string[] = [];
  let steered = 0;
  for (const event of readRunEvents(store, runId)) {
    if (event.type === 'modelCall.reused' || event.type === 'toolCall.reused') taken.push(event.data.from.frame);
    if (event.type === 'run.steered' && event.data.by === 'fork') steered += 1;
  }
  return { taken, steered };
}

function toRecordedEdit(edit: ForkEdit): ForkOrigin['edits'][number] {
  switch (edit.type) {
    case 'inputs':
      return { type: 'inputs', names: Object.keys(edit.inputs) };
    case 'workflow':
      return { type: 'workflow', path: edit.path };
    default:
      return edit;
  }
}

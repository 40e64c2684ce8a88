import { withEventMeta } from '@orpc/server';
import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import type { RunSource } from '#shared/contract/parts.ts';
import type { RunFollowItem } from '#shared/contract/runs.ts';
import { toRunStream } from '#shared/run/events.ts';
import { toPartDocument } from '#shared/run/plan-part.ts';
import type { RunSummary } from '#shared/run/state.ts';
import type { PartSource } from '../runtime/parts.ts';
import { gatherSubworkflows } from '../runtime/subworkflows.ts';
import { collectHandlers } from './collect-handlers.ts';
import { followRun } from './follow-run.ts';
import { liveItems } from './live-items.ts';
import { endOf, procedures } from './procedures.ts';
import type { HostServices } from './services.ts';

const { run, approval } = procedures;

/** Runs: start, list, look, follow, stop. */
export const runHandlers = run.router({
  start: run.start.handler(async ({ input, context: { services } }) => {
    const { source, inputs, approvalMode, modelOverride = null, startedBy, budgetUsd = null } = input;
    const { document, path: workflowPath } = await openSource(services, source);
    const part = input.part === undefined ? null : await services.parts.resolve({ document, path: workflowPath }, input.part);
    const runs = part === null ? document : toPartDocument(document, part.nodes);
    const subworkflows = await gatherSubworkflows(runs, async (path) => (await services.workflows.open(path)).document);
    return services.runs.start({ document, workflowPath, inputs, approvalMode, modelOverride, startedBy, subworkflows, budgetUsd, part });
  }),
  planPart: run.planPart.handler(async ({ input: { source, part }, context: { services } }) =>
    services.parts.preview(await openSource(services, source), part),
  ),
  list: run.list.handler(({ input: { limit, before }, context: { services } }) => {
    const all = services.runs.summaries();
    const from = before === undefined ? 0 : all.findIndex(({ runId }) => runId === before) + 1;
    if (before !== undefined && from === 0) throw new HeddleError('run.notFound', `There is no run ${before} to continue the list after.`);
    return all.slice(from, from + limit);
  }),
  get: run.get.handler(({ input, context }) => context.services.runs.summary(input.runId)),
  events: run.events.handler(({ input: { runId, afterSeq, limit }, context: { services } }) => {
    services.runs.summary(runId);
    return [...services.store.read(toRunStream(runId), { afterSeq, limit })];
  }),
  state: run.state.handler(({ input: { runId, atSeq }, context }) => context.services.runs.state(runId, atSeq) as unknown as JsonObject),
  follow: run.follow.handler(async function* ({ input, lastEventId, signal, context: { services } }) {
    const afterSeq = Math.max(input.afterSeq, toSeq(lastEventId));
    for await (const item of followRun(services.store, services.runs, { runId: input.runId, afterSeq, signal: endOf(signal, services) })) {
      yield withSeq(item);
    }
  }),
  watch: run.watch.handler(({ signal, context: { services } }) => watchSummaries(services, endOf(signal, services))),
  cancel: run.cancel.handler(async ({ input, context }) => {
    await context.services.runs.cancel(input.runId, input.reason);
    return {};
  }),
  compensate: run.compensate.handler(async ({ input, context }) => {
    await context.services.runs.compensate(input.runId, input.reason, input.by);
    return {};
  }),
  interrupt: run.interrupt.handler(async ({ input: { runId, mode, reason, by }, context }) => {
    await context.services.runs.interrupt(runId, mode, reason, by);
    return {};
  }),
  continue: run.continue.handler(async ({ input: { runId, by }, context }) => {
    await context.services.runs.continue(runId, by);
    return {};
  }),
  steer: run.steer.handler(async ({ input: { runId, changes, by }, context }) => {
    await context.services.runs.steer(runId, changes, by);
    return {};
  }),
  signal: run.signal.handler(async ({ input: { runId, name, payload, by }, context }) => {
    await context.services.runs.signal(runId, name, payload, by);
    return {};
  }),
  fork: run.fork.handler(({ input: { approvalMode, ...input }, context: { services } }) =>
    services.runs.fork({
      ...input,
      ...(approvalMode === undefined ? {} : { approvalMode }),
      openWorkflow: async (path) => (await services.workflows.open(path)).document,
    }),
  ),
  forkReport: run.forkReport.handler(({ input: { runId }, context }) => context.services.runs.forkReport(runId)),
  replay: run.replay.handler(async ({ input: { runId, workflow: source }, signal, context: { services } }) => {
    const stopping = { signal: endOf(signal, services) };
    if (source === undefined) return services.runs.replay(runId, stopping);
    const open = async (path: string) => (await services.workflows.open(path)).document;
    const workflow = source.type === 'document' ? source.document : await open(source.path);
    // What it ran then counts, as long as it names nothing else now.
    const { subworkflows: known } = services.runs.state(runId);
    const subworkflows = await gatherSubworkflows(workflow, async (path) => known[path] ?? open(path));
    return services.runs.replay(runId, { workflow, subworkflows, ...stopping });
  }),
  resume: run.resume.handler(async ({ input, context }) => {
    await context.services.runs.resume(input.runId);
    return {};
  }),
  ...collectHandlers,
});

/** What waits for a person. */
export const approvalHandlers = approval.router({
  list: approval.list.handler(({ context }) => [...context.services.runs.openApprovals()]),
  watch: approval.watch.handler(({ signal, context: { services } }) => {
    let told = '';
    return liveItems(
      (wake) => services.runs.onSummary(wake),
      () => {
        const approvals = [...services.runs.openApprovals()];
        const text = JSON.stringify(approvals);
        if (text === told) return [];
        told = text;
        return [approvals];
      },
      endOf(signal, services),
    );
  }),
  decide: approval.decide.handler(async ({ input: { runId, approvalId, answer, by }, context }) => {
    await context.services.runs.decide(runId, approvalId, answer, by);
    return {};
  }),
});

async function openSource({ workflows }: HostServices, source: RunSource): Promise<PartSource> {
  return source.type === 'document'
    ? { document: source.document, path: source.path ?? null }
    : { document: (await workflows.open(source.path)).document, path: source.path };
}

/** The summaries there are, oldest first, then those that change; a slow watcher gets the latest of each. */
function watchSummaries(services: HostServices, signal: AbortSignal): AsyncGenerator<RunSummary, void, void> {
  const changed = new Map<string, RunSummary>();
  let isFirst = true;
  return liveItems(
    (wake) =>
      services.runs.onSummary((summary) => {
        changed.set(summary.runId, summary);
        wake();
      }),
    () => {
      const items = isFirst ? [...services.runs.summaries()].reverse() : [...changed.values()];
      isFirst = false;
      changed.clear();
      return items;
    },
    signal,
  );
}

/** Gives each event its seq as id, so that `Last-Event-ID` resumes where the caller stopped. */
function withSeq(item: RunFollowItem): RunFollowItem {
  return item.type === 'event' ? withEventMeta(item, { id: String(item.event.seq) }) : item;
}

function toSeq(lastEventId: string | undefined): number {
  const seq = Number(lastEventId ?? 0);
  return Number.isSafeInteger(seq) && seq > 0 ? seq : 0;
}

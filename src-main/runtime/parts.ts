import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { PartPreview, PartRequest } from '#shared/contract/parts.ts';
import { nodeIn } from '#shared/run/node-states.ts';
import type { GivenNode, RunPart } from '#shared/run/part.ts';
import { listBlocking, type PartNeed, type PartPlan, planPart } from '#shared/run/plan-part.ts';
import type { RunState, RunSummary } from '#shared/run/state.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { checkOutputs } from './given-outputs.ts';
import type { RunLoopDependencies } from './run-loop-dependencies.ts';
import type { Runs } from './runs.ts';

/** Finds what a run of a part of a workflow is given in the place of what does not run. */
export interface Parts {
  /** Refuses with `run.partMissing` (details: `missing`) when something is neither typed, pinned nor recorded, and what `preview` refuses. */
  resolve(source: PartSource, request: PartRequest): Promise<RunPart>;
  /** What would run, what is given and what is missing. Refuses with `run.partInvalid` a node that cannot run, and with `pin.invalid` what does not fit. */
  preview(source: PartSource, request: PartRequest): Promise<PartPreview>;
}

export interface PartSource {
  readonly document: WorkflowDocument;
  /** Whose pins and runs count; null for a document that is in no file. */
  readonly path: string | null;
}

export interface PartsDependencies {
  readonly runs: Pick<Runs, 'summaries' | 'state'>;
  /** The pinned outputs of a workflow file by node. */
  readonly readPins: (path: string) => Promise<Readonly<Record<string, JsonObject>>>;
  readonly checkJson: RunLoopDependencies['checkJson'];
}

/** Older runs are not looked through: each has to be folded. */
const mostRunsLookedAt = 30;

export function createParts({ runs, readPins, checkJson }: PartsDependencies): Parts {
  async function find({ document, path }: PartSource, request: PartRequest): Promise<Found> {
    const pins = request.usePins && path !== null ? await readPins(path) : {};
    const ids = new Set(document.nodes.map(({ id }) => id));
    const standing: Record<string, GivenNode> = {};
    for (const [id, outputs] of Object.entries(pins)) if (ids.has(id)) standing[id] = { outputs, source: { type: 'pinned' } };
    for (const [id, outputs] of Object.entries(request.given)) standing[id] = { outputs, source: { type: 'typed' } };
    const plan = planPart(document, request, new Set(Object.keys(standing)));
    const needed = new Set(plan.needs.map(({ node }) => node));
    const unneeded = Object.keys(request.given).find((id) => !needed.has(id));
    if (unneeded !== undefined)
      throw new HeddleError('request.invalid', `Nothing that would run needs what “${unneeded}” gives. Leave it out.`);
    const given: Record<string, GivenNode> = {};
    for (const { node } of plan.needs) {
      const known = standing[node];
      if (known === undefined) continue;
      checkOutputs(document, node, known.outputs ?? {}, checkJson);
      given[node] = known;
    }
    const recorded = path === null || !request.useRecorded ? [] : listStates(path);
    return { plan, given: { ...given, ...findRecorded(document, request.node, plan, given, recorded) } };
  }

  /** The states of the newest runs of a workflow, each folded when it is come to. One that cannot be read any more tells nothing. */
  function* listStates(path: string): Iterable<RunState> {
    const ofWorkflow = (summary: RunSummary) => summary.workflowPath === path;
    for (const { runId } of runs.summaries().filter(ofWorkflow).slice(0, mostRunsLookedAt)) {
      try {
        yield runs.state(runId);
      } catch (thrown) {
        if (!(thrown instanceof HeddleError)) throw thrown;
      }
    }
  }

  return {
    async resolve(source, request) {
      const { plan, given } = await find(source, request);
      const missing = listMissing(source.document, plan, given);
      if (missing.length > 0) throw missingRefusal(source.document, request.node, missing);
      return { mode: request.mode, node: request.node, nodes: [...plan.nodes], given };
    },
    async preview(source, request) {
      const { plan, given } = await find(source, request);
      return {
        nodes: [...plan.nodes],
        given: Object.entries(given).map(([node, { outputs, source: from }]) => ({ node, source: from, isSkipped: outputs === null })),
        missing: [...listMissing(source.document, plan, given)],
      };
    },
  };
}

interface Found {
  readonly plan: PartPlan;
  readonly given: Readonly<Record<string, GivenNode>>;
}

/**
 * What the newest run says in which each node came to an end. Where that would leave the node that was asked for without a value at one of its
 * ports (another way was taken then), an older run in which it had one counts.
 */
function findRecorded(
  document: WorkflowDocument,
  target: string,
  { nodes, needs }: PartPlan,
  known: Readonly<Record<string, GivenNode>>,
  states: Iterable<RunState>,
): Readonly<Record<string, GivenNode>> {
  const open = new Map(needs.flatMap((need) => (known[need.node] === undefined ? [[need.node, need] as const] : [])));
  const found: Record<string, GivenNode> = {};
  if (open.size === 0) return found;
  for (const state of states) {
    for (const [id, need] of open) {
      const recorded = toRecorded(document, state, need);
      if (recorded !== undefined) found[id] = recorded;
    }
    const blocking = new Set(listBlocking(document, target, nodes, { ...known, ...found }));
    for (const id of [...open.keys()]) if (found[id] !== undefined && !blocking.has(id)) open.delete(id);
    if (open.size === 0) break;
  }
  for (const id of listBlocking(document, target, nodes, { ...known, ...found })) delete found[id];
  return found;
}

/** Undefined where the run says nothing: it did not come there, the node was another kind then, or what stood in its place was pinned or typed. */
function toRecorded(document: WorkflowDocument, state: RunState, { node: id }: PartNeed): GivenNode | undefined {
  const kindOf = ({ nodes }: WorkflowDocument) => nodes.find((node) => node.id === id)?.kind;
  const node = nodeIn(state, id);
  if (node === undefined || kindOf(document) !== kindOf(state.workflow)) return undefined;
  const source = { type: 'recorded', runId: state.runId } as const;
  if (node.status !== 'succeeded' && node.status !== 'skipped') return undefined;
  if (node.given !== undefined && node.given.type !== 'recorded') return undefined;
  const from = node.given ?? source;
  if (node.status === 'succeeded') return { outputs: node.outputs, source: from };
  return skipsThatTell.has(node.reason) ? { outputs: null, source: from } : undefined;
}

/** That a node is disabled, or in no part, says nothing of how it ends where it runs. */
const skipsThatTell: ReadonlySet<string> = new Set(['branchNotTaken', 'upstreamSkipped', 'failed', 'skippedWhereRecorded']);

function listMissing(document: WorkflowDocument, { needs }: PartPlan, given: Found['given']): PartPreview['missing'] {
  return needs.flatMap(({ node, ports }) =>
    given[node] === undefined ? [{ node, name: nameOf(document, node), ports: ports.map(({ name, schema }) => ({ name, schema })) }] : [],
  );
}

function missingRefusal(document: WorkflowDocument, target: string, missing: PartPreview['missing']): HeddleError {
  const names = missing.map(({ name }) => name).join(', ');
  return new HeddleError(
    'run.partMissing',
    `${nameOf(document, target)} needs what ${names} ${missing.length === 1 ? 'gives' : 'give'}, and that is neither pinned nor recorded. Pin it, give it by hand, or run ${missing.length === 1 ? 'it' : 'them'} too.`,
    { details: { missing: missing as unknown as JsonValue } },
  );
}

function nameOf(document: WorkflowDocument, id: string): string {
  return document.nodes.find((node) => node.id === id)?.name || id;
}

import type { JsonObject } from '#shared/base/json.ts';
import { findKind } from '#shared/nodes/registry.ts';
import {
  type HookDeclaration,
  type HookPoint,
  hookPoints,
  type NodePolicy,
  type WorkflowDocument,
  type WorkflowEdge,
  type WorkflowNode,
} from '#shared/workflow/document.ts';
import { verdictOnEdge } from '#shared/workflow/edge-verdict.ts';
import { validateWorkflow } from '#shared/workflow/validation.ts';
import { createDice, type Dice } from './dice.ts';
import type { DraftContext, SourcePort } from './kinds/kind-generator.ts';
import { kindGenerators } from './kinds/kind-generators.ts';
import type { Mood } from './simulated-tools.ts';

/** What workflows of a simulation may have in them. */
export interface WorkflowStyle {
  readonly mostNodes: number;
  /** Whether results may depend on who is first: merges of the first, time limits, nodes that fail only sometimes. */
  readonly mayRace: boolean;
  readonly moods: readonly Mood[];
}

export interface GeneratedWorkflow {
  readonly document: WorkflowDocument;
  /** The workflows that its nodes run, by path. */
  readonly subworkflows: Readonly<Record<string, WorkflowDocument>>;
}

/** A valid workflow of chance: every node is drawn by its kind's generator and connected to earlier ones. The same words give the same workflow. */
export function generateWorkflow(seed: number, about: string, style: WorkflowStyle, depth = 0): GeneratedWorkflow {
  const dice = createDice(seed, `workflow ${about}`);
  const subworkflows: Record<string, WorkflowDocument> = {};
  const count = dice.int(2, style.mostNodes);
  let document: WorkflowDocument = { schemaVersion: 1, name: `Workflow ${about}`, nodes: [], edges: [] };

  const addSubworkflow: DraftContext['addSubworkflow'] = (purpose) => {
    if (depth === mostDepth) return undefined;
    const innerStyle = { ...style, mostNodes: Math.max(2, Math.floor(style.mostNodes / 2)) };
    const inner = generateWorkflow(seed, `${about} ${purpose}`, innerStyle, depth + 1);
    const path = `${about} ${purpose}.heddle.json`;
    Object.assign(subworkflows, inner.subworkflows, { [path]: inner.document });
    return { path, document: inner.document };
  };
  for (let ordinal = 1; ordinal <= count; ordinal += 1) {
    const kind = document.nodes.length === 0 && (ordinal === count || dice.holds(0.8)) ? 'input' : pickKind(dice);
    document = withNode(document, `n${ordinal}`, kind, style, { dice, ordinal, depth, addSubworkflow }) ?? document;
  }
  const complete = withOutputs(withCompensations(document, dice, depth), style, dice, count + 1);
  return { document: depth === 0 ? withHooks(complete, seed, about) : complete, subworkflows };
}

/** A workflow in a workflow in a workflow. */
const mostDepth = 2;

function pickKind(dice: Dice): string {
  const kinds = Object.entries(kindGenerators);
  let left = dice.next() * kinds.reduce((sum, [, { weight }]) => sum + weight, 0);
  for (const [kind, { weight }] of kinds) {
    left -= weight;
    if (left < 0) return kind;
  }
  return 'transform';
}

type Drawing = Pick<DraftContext, 'dice' | 'ordinal' | 'addSubworkflow'> & { readonly depth: number };

/** The document with one more node, or undefined when this one would not be valid where it stands. */
function withNode(
  document: WorkflowDocument,
  id: string,
  kind: string,
  style: WorkflowStyle,
  drawing: Drawing,
): WorkflowDocument | undefined {
  const { dice } = drawing;
  const generator = kindGenerators[kind];
  const definition = findKind(kind);
  if (generator === undefined || definition === undefined) return undefined;
  const sources = pickSources(document, style, dice);
  const draft = generator.draft({ ...drawing, sources, mayRace: style.mayRace, moods: style.moods });
  if (draft === undefined) return undefined;
  const node: WorkflowNode = {
    id,
    kind,
    name: id,
    position: { x: drawing.ordinal * 200, y: 0 },
    config: { ...definition.defaultConfig, ...draft.config },
    ...toPolicy(draft.policy, style, dice, drawing.depth),
    ...(dice.holds(0.05) ? { disabled: true } : {}),
    ...(dice.holds(0.2) ? { priority: dice.int(-3, 3) } : {}),
  };
  const extended = connect({ ...document, nodes: [...document.nodes, node] }, node, sources, dice);
  const problems = validateWorkflow(extended, { tools: null, providers: null });
  return problems.some(({ severity, code }) => severity === 'error' && !code.startsWith('workflow.')) ? undefined : extended;
}

function toPolicy(own: NodePolicy | undefined, { mayRace }: WorkflowStyle, dice: Dice, depth = 0): { readonly policy?: NodePolicy } {
  const policy: NodePolicy = {
    ...(dice.holds(0.35) ? { maxAttempts: dice.int(1, 4), backoffMs: dice.int(0, 4000) } : {}),
    ...(mayRace && dice.holds(0.12) ? { timeoutMs: dice.int(1, 4000) } : {}),
    // What else of a graph still happens when one node fails it is a matter of time, and the graph around it may succeed.
    ...(dice.holds(0.45) || (!mayRace && depth > 0) ? { onFailure: 'skip' } : {}),
    ...own,
  };
  return Object.keys(policy).length === 0 ? {} : { policy };
}

/** Up to three outputs of earlier nodes, late ones more often, so that documents grow deep as well as wide. */
function pickSources(document: WorkflowDocument, { mayRace }: WorkflowStyle, dice: Dice): readonly SourcePort[] {
  const all = document.nodes.flatMap((node) => listOutputs(node).map((port) => ({ node: node.id, port })));
  // The order of failures is one of time (see the open findings).
  const ports = all.filter(({ port }) => mayRace || port !== 'failures');
  if (ports.length === 0) return [];
  const picked = new Map<string, SourcePort>();
  for (let left = dice.int(1, 3); left > 0; left -= 1) {
    const from = dice.holds(0.5) ? Math.floor(ports.length * 0.6) : 0;
    const port = ports[dice.int(from, ports.length - 1)];
    if (port !== undefined) picked.set(`${port.node}.${port.port}`, port);
  }
  return [...picked.values()];
}

function listOutputs(node: WorkflowNode): readonly string[] {
  return (
    findKind(node.kind)
      ?.ports(node.config)
      .outputs.map((port) => port.name) ?? []
  );
}

/** Draws edges from the sources to every input that must have one, to others sometimes, and to a port for many as many as there are. */
function connect(document: WorkflowDocument, node: WorkflowNode, sources: readonly SourcePort[], dice: Dice): WorkflowDocument {
  const inputs = findKind(node.kind)?.ports(node.config).inputs ?? [];
  const isNamed = (source: SourcePort) => JSON.stringify(node.config).includes(`${source.node}.${source.port}`);
  let connected = document;
  for (const input of inputs) {
    let edges = 0;
    for (const from of sources) {
      const isWanted = (input.isRequired === true && edges === 0) || input.takesMany === true || isNamed(from) || dice.holds(0.3);
      const edge: WorkflowEdge = { from, to: { node: node.id, port: input.name } };
      if (!isWanted || verdictOnEdge(connected, edge.from, edge.to).verdict === 'refused') continue;
      connected = { ...connected, edges: [...connected.edges, edge] };
      edges += 1;
    }
  }
  return connected;
}

/** Some nodes that do something get one that undoes it; in some documents most of them, and then the last call of a tool fails the run. */
function withCompensations(document: WorkflowDocument, dice: Dice, depth: number): WorkflowDocument {
  const undoing: WorkflowNode[] = [];
  const isSaga = depth === 0 && dice.holds(0.2);
  const last = isSaga ? document.nodes.findLast(({ kind, disabled }) => kind === 'tool' && disabled !== true) : undefined;
  const nodes = document.nodes.map((node): WorkflowNode => {
    if (node === last) return toFailing(node);
    if (!['tool', 'agent', 'subflow', 'map', 'code'].includes(node.kind) || !dice.holds(isSaga ? 0.8 : 0.25)) return node;
    const id = `undo_${node.id}`;
    const policy: NodePolicy = { maxAttempts: isSaga ? dice.int(1, 3) : 3, backoffMs: dice.int(0, 2000) };
    const mood = dice.pick(['well', 'well', 'flaky', 'fails']);
    const config: JsonObject = { tool: dice.pick(['look', 'post', 'pay']), arguments: { amount: undoing.length, mood } };
    undoing.push({ id, kind: 'tool', name: id, position: { x: 0, y: 400 }, config, policy });
    return { ...node, compensation: id };
  });
  return { ...document, nodes: [...nodes, ...undoing] };
}

function toFailing(node: WorkflowNode): WorkflowNode {
  const { arguments: args } = node.config;
  return { ...node, config: { ...node.config, arguments: { ...(args as JsonObject), mood: 'fails' } }, policy: { maxAttempts: 1 } };
}

/** Some documents have hooks: most only look, some change or refuse something, some fail. What they say follows from what they are asked. */
function withHooks(document: WorkflowDocument, seed: number, about: string): WorkflowDocument {
  const dice = createDice(seed, `hooks ${about}`);
  if (!dice.holds(0.25)) return document;
  const hooks = Array.from({ length: dice.int(1, 3) }, (_, index): HookDeclaration => {
    const point = dice.pick(hookPoints);
    const change = changes[point];
    const expression = dice.pick([
      'null',
      'null',
      ...(change === undefined ? [] : [change, change]),
      '{"veto": "rather not"}',
      'value.no.such',
    ]);
    return {
      id: `h${index + 1}`,
      point,
      action: { type: 'expression', expression },
      ...(dice.holds(0.5) ? { order: dice.int(0, 2) } : {}),
      ...(dice.holds(0.7) ? { onFailure: 'ignore' } : {}),
      ...(dice.holds(0.5) ? { nodes: [dice.pick(document.nodes).id] } : {}),
    };
  });
  return { ...document, hooks };
}

/** What a hook may make of what it is asked about, where that leaves the workflow valid. */
const changes: Readonly<Partial<Record<HookPoint, string>>> = {
  beforeToolCall: '{"change": {"arguments": value.arguments}}',
  afterToolCall: '{"change": {"seen": value}}',
  onError: '{"change": {"consequence": "skip"}}',
};

/** Whatever nobody takes up becomes an output of the run, so that results can be compared. */
function withOutputs(document: WorkflowDocument, style: WorkflowStyle, dice: Dice, firstOrdinal: number): WorkflowDocument {
  const used = new Set(document.edges.map((edge) => edge.from.node));
  const loose = document.nodes.flatMap((node) => {
    const [port] = listOutputs(node);
    return used.has(node.id) || port === undefined || node.id.startsWith('undo_') ? [] : [{ node: node.id, port }];
  });
  let complete = document;
  loose.forEach((from, index) => {
    const id = `n${firstOrdinal + index}`;
    const config: JsonObject = { name: `end${index}` };
    const node: WorkflowNode = {
      id,
      kind: 'output',
      name: id,
      position: { x: 0, y: 200 },
      config,
      ...toPolicy(undefined, { ...style, mayRace: false }, dice),
    };
    const to = { node: id, port: 'value' };
    complete = { ...complete, nodes: [...complete.nodes, node], edges: [...complete.edges, { from, to }] };
  });
  return complete;
}

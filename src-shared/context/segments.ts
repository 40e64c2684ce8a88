import { assertNever } from '../base/assert-never.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { scopeOf } from '../run/frame.ts';
import type { ChatMessage, RequestedToolCall } from '../run/message.ts';
import { attemptsOf, findGraph, type GraphView, listNodeStates } from '../run/node-states.ts';
import { callsOf } from '../run/reduce-calls.ts';
import type { AttemptState, ModelCallState, RunState, ToolCallState } from '../run/state.ts';
import type { WorkflowNode } from '../workflow/document.ts';
import { listReferences } from '../workflow/expression.ts';
import { type TriedPart, tryTemplate } from '../workflow/try-out.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { toSentRequest } from './sent-request.ts';

/** What part of a request a segment is: `asked` is a tool call that the model asked for earlier, `repair` what it was told of a wrong answer. */
export type SegmentKind = 'system' | 'task' | 'answer' | 'asked' | 'toolResult' | 'repair' | 'tool' | 'schema';

/** What put a segment there. Nodes are named by address. */
export type SegmentOrigin =
  /** Words of a field of the node itself. */
  | { readonly type: 'field'; readonly node: string; readonly field: 'system' | 'prompt' | 'tools' | 'outputSchema' }
  /** A value in the place of an expression of that field; `nodes` are those it speaks of, `frame` the attempt of the first of them. */
  | {
      readonly type: 'value';
      readonly node: string;
      readonly field: 'system' | 'prompt';
      readonly expression: string;
      readonly nodes: readonly string[];
      readonly frame: string | null;
    }
  | { readonly type: 'modelCall'; readonly frame: string }
  | { readonly type: 'toolCall'; readonly frame: string; readonly tool: string }
  /** Nothing in the run says where it comes from: a hook may have changed it. */
  | { readonly type: 'unknown' };

/** A piece of what a model was sent, with where it comes from. Joined, the segments of a message are the message, byte for byte. */
export interface Segment {
  readonly kind: SegmentKind;
  readonly origin: SegmentOrigin;
  /** Which message it is of, from 0; null for what is no message. */
  readonly message: number | null;
  readonly text: string;
  /** By our own count, see `estimateTokens`: an estimate. The provider's is in the call's answer. */
  readonly estimatedTokens: number;
  /** Whether the call before this one in the same conversation was sent it too: providers serve such a beginning from their cache. */
  readonly isRepeated: boolean;
}

/** Everything that was sent for a model call, in the order of sending: tools, shape of the answer, then the messages. */
export function toSegments(state: RunState, address: string, attempt: AttemptState, call: ModelCallState): readonly Segment[] {
  const request = toSentRequest(attempt, call);
  const graph = findGraph(state, scopeOf(address));
  const node = attempt.began?.node ?? graph?.workflow.nodes.find(({ id }) => id === address.slice(address.lastIndexOf('/') + 1));
  const place: Place = { address, attempt, node, values: graph === undefined ? {} : toValues(graph, attempt), graph };
  const hasBase = call.request.baseFrame !== null;
  const tools = request.tools.map(
    (tool): Draft => ({
      kind: 'tool',
      origin: { type: 'field', node: address, field: 'tools' },
      text: JSON.stringify(tool),
      isRepeated: hasBase && call.request.tools === null,
    }),
  );
  const schema: readonly Draft[] =
    request.outputSchema === undefined
      ? []
      : [
          {
            kind: 'schema',
            origin: { type: 'field', node: address, field: 'outputSchema' },
            text: JSON.stringify(request.outputSchema),
            isRepeated: hasBase,
          },
        ];
  const answers = callsOf(attempt).filter((other) => other.type === 'model' && other.outcome.type === 'completed') as ModelCallState[];
  let nthAnswer = 0;
  let nthUser = 0;
  const messages = request.messages.flatMap((message, index): readonly (Draft & { readonly message: number })[] => {
    const isRepeated = index < call.request.keptMessages;
    const at = (draft: Pick<Draft, 'kind' | 'origin' | 'text'>) => ({ ...draft, isRepeated, message: index });
    switch (message.role) {
      case 'system':
        return toTemplated(place, 'system', message.text).map((part) => at({ kind: 'system', ...part }));
      case 'user': {
        nthUser += 1;
        if (nthUser === 1) return toTemplated(place, 'prompt', message.text).map((part) => at({ kind: 'task', ...part }));
        const asked = answers[nthAnswer - 1];
        return [
          at({ kind: 'repair', text: message.text, origin: asked === undefined ? unknown : { type: 'modelCall', frame: asked.frame } }),
        ];
      }
      case 'assistant': {
        const said = answers[nthAnswer];
        nthAnswer += 1;
        return toAnswerParts(message, said).map(at);
      }
      case 'tool':
        return [at({ kind: 'toolResult', text: message.text, origin: toToolOrigin(attempt, message) })];
      default:
        return assertNever(message);
    }
  });
  return [...tools.map((draft) => ({ ...draft, message: null })), ...schema.map((draft) => ({ ...draft, message: null })), ...messages].map(
    (draft) => ({ ...draft, estimatedTokens: estimateTokens(toCountedText(draft)) }),
  );
}

/** The arguments of a call stand twice in what is recorded, as they came and as they were read; they are sent once. */
function toCountedText({ kind, text }: Draft): string {
  if (kind !== 'asked') return text;
  const { name, rawArguments } = JSON.parse(text) as RequestedToolCall;
  return `${name}${rawArguments}`;
}

type Draft = Pick<Segment, 'kind' | 'origin' | 'text' | 'isRepeated'>;
const unknown: SegmentOrigin = { type: 'unknown' };

interface Place {
  readonly address: string;
  readonly attempt: AttemptState;
  readonly node: WorkflowNode | undefined;
  readonly values: JsonObject;
  readonly graph: GraphView | undefined;
}

/** What the node's expressions saw when it began: the outputs of what had settled by then. */
function toValues(graph: GraphView, attempt: AttemptState): JsonObject {
  const known = listNodeStates(graph).flatMap(([id, state]): readonly (readonly [string, JsonValue])[] => {
    if ((state.status !== 'succeeded' && state.status !== 'skipped') || state.settledSeq > attempt.startedSeq) return [];
    return [[id, state.status === 'succeeded' ? state.outputs : null]];
  });
  return { ...Object.fromEntries(known), inputs: attempt.inputs };
}

/** The words of a template and the values in it; as a whole when they no longer come to what was sent. */
function toTemplated(place: Place, field: 'system' | 'prompt', text: string): readonly Pick<Draft, 'origin' | 'text'>[] {
  const { address, node } = place;
  const template = node?.config[field];
  const inField: SegmentOrigin = { type: 'field', node: address, field };
  const parts = typeof template === 'string' ? tryTemplate(template, place.values) : [];
  if (parts.some(({ type }) => type === 'failed' || type === 'missing')) return [{ origin: inField, text }];
  const rendered = parts as readonly Extract<TriedPart, { text: string }>[];
  if (rendered.map((part) => part.text).join('') !== text) return [{ origin: rendered.length === 0 ? inField : unknown, text }];
  return rendered
    .filter((part) => part.text !== '')
    .map((part) => ({ text: part.text, origin: part.type === 'text' ? inField : toValueOrigin(place, field, part.source) }));
}

function toValueOrigin({ address, graph, attempt }: Place, field: 'system' | 'prompt', expression: string): SegmentOrigin {
  const scope = scopeOf(address);
  const roots = listReferences(expression).map(({ root }) => root);
  const edges = graph?.workflow.edges.filter(({ to }) => to.node === address.slice(address.lastIndexOf('/') + 1)) ?? [];
  // `inputs` is what the edges brought.
  const ids = [...new Set(roots.flatMap((root) => (root === 'inputs' ? edges.map(({ from }) => from.node) : [root])))];
  const states = new Map(graph === undefined ? [] : listNodeStates(graph));
  const frames = ids.flatMap((id) => attemptsOf(states.get(id)).findLast(({ startedSeq }) => startedSeq < attempt.startedSeq)?.frame ?? []);
  const nodes = ids.filter((id) => states.has(id)).map((id) => (scope === '' ? id : `${scope}/${id}`));
  return { type: 'value', node: address, field, expression, nodes, frame: frames[0] ?? null };
}

function toAnswerParts(
  message: Extract<ChatMessage, { role: 'assistant' }>,
  said: ModelCallState | undefined,
): readonly Pick<Draft, 'kind' | 'origin' | 'text'>[] {
  const isSame = said?.outcome.type === 'completed' && said.outcome.answer.text === message.text;
  const origin: SegmentOrigin = said !== undefined && isSame ? { type: 'modelCall', frame: said.frame } : unknown;
  return [
    ...(message.text === '' ? [] : [{ kind: 'answer' as const, origin, text: message.text }]),
    ...message.toolCalls.map((call) => ({ kind: 'asked' as const, origin, text: JSON.stringify(call) })),
  ];
}

function toToolOrigin(attempt: AttemptState, message: Extract<ChatMessage, { role: 'tool' }>): SegmentOrigin {
  const calls = callsOf(attempt).filter((call): call is ToolCallState => call.type === 'tool' && call.callId === message.callId);
  const call = calls.at(-1);
  return call === undefined ? unknown : { type: 'toolCall', frame: call.frame, tool: message.name };
}

import { findKind } from '#shared/nodes/registry.ts';
import { isWait, type Span } from '#shared/trace/span.ts';

/** What the colours of a flame tell apart. */
export type FlameColoring = 'kind' | 'outcome' | 'model';

/** Names of colour tokens. A flame keeps, for each box, a number into this list. */
export const flameTokens = [
  'control',
  'agent',
  'model',
  'tool',
  'code',
  'human',
  'queued',
  'waiting',
  'held',
  'undoing',
  'running',
  'succeeded',
  'failed',
  'accent',
] as const;
type FlameToken = (typeof flameTokens)[number];

const numbers = new Map<string, number>(flameTokens.map((token, number) => [token, number]));

/** What each colour stands for, for the legend; a model has the colour it gets by its place in the list of models. */
export const kindLegend: readonly { readonly token: FlameToken; readonly words: string }[] = [
  { token: 'agent', words: 'agent' },
  { token: 'model', words: 'model' },
  { token: 'tool', words: 'tool' },
  { token: 'code', words: 'code' },
  { token: 'human', words: 'person' },
  { token: 'queued', words: 'wait' },
  { token: 'control', words: 'other' },
];
export const outcomeLegend: readonly { readonly token: FlameToken; readonly words: string }[] = [
  { token: 'running', words: 'goes on' },
  { token: 'succeeded', words: 'succeeded' },
  { token: 'failed', words: 'failed' },
  { token: 'waiting', words: 'outcome unknown' },
  { token: 'accent', words: 'taken over' },
  { token: 'control', words: 'stopped' },
];

const modelTokens: readonly FlameToken[] = ['model', 'agent', 'tool', 'code', 'human', 'held', 'undoing', 'waiting'];

/** The models of a run in the order of their first call, each with its colour; after eight they begin anew. */
export function toModelLegend(spans: readonly Span[]): readonly { readonly token: FlameToken; readonly words: string }[] {
  const models = new Set(spans.flatMap(({ model }) => (model === null ? [] : [model])));
  return [...models].map((words, index) => ({ words, token: modelTokens[index % modelTokens.length] as FlameToken }));
}

/** The colour of one span, as a number into `flameTokens`. */
export function toColorNumber(span: Span, coloring: FlameColoring, modelColors: ReadonlyMap<string, FlameToken>): number {
  return numbers.get(toToken(span, coloring, modelColors)) as number;
}

function toToken(span: Span, coloring: FlameColoring, modelColors: ReadonlyMap<string, FlameToken>): FlameToken {
  switch (coloring) {
    case 'outcome':
      return outcomeTokens[span.outcome];
    case 'model':
      return (span.model === null ? undefined : modelColors.get(span.model)) ?? 'control';
    case 'kind':
      return toKindToken(span);
  }
}

const outcomeTokens = {
  open: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'control',
  unknown: 'waiting',
  reused: 'accent',
} as const;

function toKindToken(span: Span): FlameToken {
  if (span.kind === 'approval') return 'human';
  if (span.kind === 'held') return 'held';
  if (isWait(span)) return 'queued';
  switch (span.kind) {
    case 'model':
      return 'model';
    case 'tool':
      return 'tool';
    case 'saga':
      return 'undoing';
    case 'attempt':
    case 'turn': {
      const category = findKind(span.nodeKind ?? '')?.category;
      return category === undefined || category === 'data' ? 'control' : category;
    }
    default:
      return 'control';
  }
}

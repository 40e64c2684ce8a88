import type { Segment, SegmentKind, SegmentOrigin } from '#shared/context/segments.ts';
import { parseFrame } from '#shared/run/frame.ts';
import type { RunState } from '#shared/run/state.ts';
import { toPlaceWords } from '../../state/scope-words.ts';

export const kindWords: Readonly<Record<SegmentKind, string>> = {
  system: 'Role',
  task: 'Task',
  answer: 'Earlier answer',
  asked: 'Tool asked for',
  toolResult: 'Tool result',
  repair: 'Asked to mend',
  tool: 'Tool offered',
  schema: 'Shape of the answer',
};

/** The token of the colour of each kind, in the bar and beside its lines. */
export const kindColors: Readonly<Record<SegmentKind, string>> = {
  system: 'agent',
  task: 'accent',
  answer: 'model',
  asked: 'code',
  toolResult: 'tool',
  repair: 'waiting',
  tool: 'control',
  schema: 'held',
};

const fieldWords = { system: 'role', prompt: 'task', tools: 'tools', outputSchema: 'answer’s shape' } as const;

/** Where a segment comes from, in words. */
export function toOriginWords(state: RunState, { origin, kind }: Segment): string {
  const place = (address: string) => toPlaceWords(state, address);
  switch (origin.type) {
    case 'field':
      return `${fieldWords[origin.field]} of ${place(origin.node)}`;
    case 'value':
      return `{{ ${origin.expression} }}${origin.nodes.length === 0 ? '' : `, from ${origin.nodes.map(place).join(' and ')}`}`;
    case 'modelCall':
      return kind === 'repair' ? 'its last answer did not fit' : `said in ${toFrameWords(origin.frame)}`;
    case 'toolCall':
      return `${origin.tool}, called in ${toFrameWords(origin.frame)}`;
    case 'unknown':
      return 'not known: a hook may have changed it';
  }
}

/** A frame, or else a node, of the run. */
export interface OriginTarget {
  readonly words: string;
  readonly frame: string | null;
  readonly node: string | null;
}

/** Where the button beside a segment leads; null when it can only be read. */
export function toOriginTarget(origin: SegmentOrigin): OriginTarget | null {
  switch (origin.type) {
    case 'field':
      return { words: 'Show the node', frame: null, node: origin.node };
    case 'value':
      if (origin.frame !== null) return { words: 'Show what gave it', frame: origin.frame, node: null };
      return origin.nodes[0] === undefined ? null : { words: 'Show what gave it', frame: null, node: origin.nodes[0] };
    case 'modelCall':
      return { words: 'Show the call that said it', frame: origin.frame, node: null };
    case 'toolCall':
      return { words: 'Show the tool call', frame: origin.frame, node: null };
    case 'unknown':
      return null;
  }
}

/** `turn 2` of a frame such as `writer#1/t2/m1`; the call itself where there are no turns. */
function toFrameWords(frame: string): string {
  const { turn } = parseFrame(frame);
  return turn === null ? 'an earlier call' : `turn ${turn}`;
}

/** The name of an offered tool, the first words of anything else, on one line. */
export function toPreview({ kind, text }: Segment): string {
  if (kind === 'tool') return (JSON.parse(text) as { readonly name: string }).name;
  if (kind === 'asked') return (JSON.parse(text) as { readonly name: string }).name;
  return text.slice(0, 300).replaceAll(/\s+/g, ' ').trim() || '(white space)';
}

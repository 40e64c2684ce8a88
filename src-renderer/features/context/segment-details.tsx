import type { JsonValue } from '#shared/base/json.ts';
import type { ComparedSegment } from '#shared/context/compare-segments.ts';
import type { Segment } from '#shared/context/segments.ts';
import type { RequestedToolCall } from '#shared/run/message.ts';
import type { RunState } from '#shared/run/state.ts';
import { Button } from '../../ui/button.tsx';
import { DiffText } from '../../ui/diff-text.tsx';
import { CopyButton, JsonView } from '../../ui/json-view.tsx';
import { kindWords, type OriginTarget, toOriginTarget, toOriginWords } from './segment-words.ts';

interface SegmentDetailsProps {
  readonly row: ComparedSegment;
  readonly state: RunState;
  readonly onGo: (target: OriginTarget) => void;
}

/** One piece of a context in full, and the way to what put it there. */
export function SegmentDetails({ row, state, onGo }: SegmentDetailsProps) {
  const segment = row.after ?? row.before;
  const target = toOriginTarget(segment.origin);
  return (
    <section
      aria-label="The piece in full"
      className="flex w-1/3 min-w-48 shrink-0 flex-col gap-1.5 overflow-y-auto border-l border-line p-2"
    >
      <h3 className="flex items-center gap-2 text-12 font-semibold">
        <span className="min-w-0 flex-1 truncate">{kindWords[segment.kind]}</span>
        <CopyButton text={segment.text} label="Copy this piece" />
      </h3>
      <p className="text-12 text-ink-2">{toOriginWords(state, segment)}</p>
      {target !== null && (
        <div>
          <Button size="small" onClick={() => onGo(target)}>
            {target.words}
          </Button>
        </div>
      )}
      {row.type === 'changed' ? <DiffText diff={row.diff} /> : <Body segment={segment} />}
    </section>
  );
}

function Body({ segment: { kind, text } }: { readonly segment: Segment }) {
  if (kind === 'tool' || kind === 'schema') return <JsonView value={JSON.parse(text) as JsonValue} label="the piece" openDepth={3} />;
  if (kind === 'asked') {
    const asked = JSON.parse(text) as RequestedToolCall;
    return <JsonView value={asked.arguments ?? asked.rawArguments} label={`arguments of ${asked.name}`} openDepth={3} />;
  }
  return <pre className="font-mono text-12 leading-4.5 break-words whitespace-pre-wrap">{text}</pre>;
}

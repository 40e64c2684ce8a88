import { useConnection, useStore } from '@xyflow/react';
import { CircleX, TriangleAlert } from 'lucide-react';
import type { PortReference } from '#shared/workflow/document.ts';
import type { ConnectionVerdict } from '#shared/workflow/port-types.ts';

/** As wide as the note can be, so that it stays on the canvas. */
const noteWidth = 288;

/** Beside the pointer while an edge is drawn: why it may not end here, or what is only checked later. */
export function VerdictNote({ judge }: { readonly judge: (from: PortReference, to: PortReference) => ConnectionVerdict }) {
  const connection = useConnection();
  const transform = useStore((store) => store.transform);
  const canvasWidth = useStore((store) => store.width);
  if (!connection.inProgress || connection.toHandle === null || connection.fromHandle === null) return null;
  const { fromHandle, toHandle, to } = connection;
  if (fromHandle.nodeId === toHandle.nodeId && fromHandle.id === toHandle.id) return null;
  const start = { node: fromHandle.nodeId, port: fromHandle.id ?? '' };
  const end = { node: toHandle.nodeId, port: toHandle.id ?? '' };
  const verdict =
    fromHandle.type === toHandle.type
      ? ({ verdict: 'refused', reason: fromHandle.type === 'source' ? 'an output needs an input' : 'an input needs an output' } as const)
      : fromHandle.type === 'source'
        ? judge(start, end)
        : judge(end, start);
  if (verdict.verdict === 'fits') return null;
  const isRefused = verdict.verdict === 'refused';
  const [x, y, zoom] = transform;
  const left = Math.max(8, Math.min(to.x * zoom + x + 16, canvasWidth - noteWidth - 8));
  return (
    <div
      role="status"
      style={{ transform: `translate(${left}px, ${to.y * zoom + y + 16}px)` }}
      className={`pointer-events-none absolute top-0 left-0 z-30 flex w-max max-w-72 items-start gap-1.5 rounded-md border bg-surface-3 px-2 py-1 text-12 shadow-pop ${isRefused ? 'border-failed' : 'border-waiting'}`}
    >
      {isRefused ? (
        <CircleX size={14} className="mt-px shrink-0 text-failed" aria-hidden />
      ) : (
        <TriangleAlert size={14} className="mt-px shrink-0 text-waiting" aria-hidden />
      )}
      <span>
        {isRefused ? 'Does not fit' : 'May fit'}: {verdict.reason}.
      </span>
    </div>
  );
}

import type { Template } from '#shared/contract/workflows.ts';
import type { KindCategory } from '#shared/nodes/kind.ts';
import { findKind } from '#shared/nodes/registry.ts';
import { cardWidth } from '../../canvas/card-geometry.ts';

const cardHeight = 64;

/** The graph of a template as a small drawing, in the colours of its kinds. */
export function TemplateSketch({ sketch }: { readonly sketch: Template['sketch'] }) {
  const { nodes, edges } = sketch;
  if (nodes.length === 0) return <div aria-hidden className="h-20" />;
  const left = Math.min(...nodes.map(({ x }) => x));
  const top = Math.min(...nodes.map(({ y }) => y));
  const width = Math.max(...nodes.map(({ x }) => x)) + cardWidth - left;
  const height = Math.max(...nodes.map(({ y }) => y)) + cardHeight - top;
  return (
    <svg
      aria-hidden
      className="h-20 w-full"
      viewBox={`${left - 24} ${top - 24} ${width + 48} ${height + 48}`}
      preserveAspectRatio="xMidYMid meet"
    >
      {[...new Map(edges.map((edge) => [edge.join(' '), edge]))].map(([key, [from, to]]) => {
        const [start, end] = [nodes[from], nodes[to]];
        if (start === undefined || end === undefined) return null;
        const [x1, y1, x2, y2] = [start.x + cardWidth, start.y + cardHeight / 2, end.x, end.y + cardHeight / 2];
        const bend = Math.max(40, Math.abs(x2 - x1) / 2);
        return (
          <path
            key={key}
            d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`}
            fill="none"
            className="stroke-line-strong"
            strokeWidth={2}
            vectorEffect="non-scaling-stroke"
          />
        );
      })}
      {nodes.map(({ kind, x, y }) => (
        <rect
          key={`${x} ${y}`}
          x={x}
          y={y}
          width={cardWidth}
          height={cardHeight}
          rx={16}
          style={{ fill: toColor(findKind(kind)?.category) }}
          opacity={0.85}
        />
      ))}
    </svg>
  );
}

function toColor(category: KindCategory | undefined): string {
  return category === undefined || category === 'data' ? 'var(--color-ink-3)' : `var(--color-${category})`;
}

import { ListTree } from 'lucide-react';
import { Fragment, useMemo } from 'react';
import { highlightNodes } from '../../state/canvas-view.ts';
import { useInsights } from '../../state/insights.ts';
import { setSelectedNodes } from '../../state/selection.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatCount } from '../../ui/format.ts';
import { Spinner } from '../../ui/spinner.tsx';
import { Toggle } from '../../ui/toggle.tsx';
import { showCriticalPath, useShownPath } from './plan-highlight.ts';
import { type LayerCard, toEstimate, toLayerCards } from './plan-words.ts';

/** More layers than this are only counted: nobody reads them as cards. */
const mostLayers = 60;

/** What runs when: layers, what is parallel, and the chain of nodes that decides how long it takes. */
export function PlanPanel({ path, tabId }: { readonly path: string; readonly tabId: string }) {
  const insights = useInsights((store) => store.byPath[path]);
  const isShown = useShownPath((store) => store.path === path);
  const names = useMemo(() => new Map(insights?.document.nodes.map((node) => [node.id, node.name || node.id])), [insights?.document]);
  if (insights === undefined) {
    return (
      <div className="px-4 py-3">
        <Spinner label="Planning" />
      </div>
    );
  }
  const { plan } = insights;
  if (plan.layers.length === 0)
    return (
      <EmptyState isCompact icon={<ListTree size={18} />} title="Nothing to plan yet" text="Add nodes, and what runs when appears here." />
    );
  const nameOf = (node: string) => names.get(node) ?? node;
  const cards = toLayerCards(plan, nameOf);
  const { criticalPath } = plan;
  const estimate = toEstimate(plan);
  return (
    <div className="flex h-full flex-col">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard. */}
      <section aria-label="Layers" tabIndex={0} className="flex shrink-0 gap-2.5 overflow-x-auto px-3.5 pt-1 pb-2.5">
        {cards.slice(0, mostLayers).map((card) => (
          <Layer
            key={card.title}
            card={card}
            onPoint={(nodes) => highlightNodes(path, nodes)}
            onChoose={() => setSelectedNodes(tabId, card.nodes)}
          />
        ))}
        {cards.length > mostLayers && (
          <p className="self-center px-2 text-12 whitespace-nowrap text-ink-2">
            and {formatCount(cards.length - mostLayers, 'more layer')}
          </p>
        )}
      </section>
      <div className="min-h-0 flex-1 overflow-y-auto px-3.5 pb-3 text-12 text-ink-2">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <p>
            <span className="text-ink-1">{formatCount(plan.layers.length, 'layer')}</span>
            {plan.parallelGroups.length > 0 && (
              <>, at most {Math.max(...plan.parallelGroups.map((group) => group.length)).toLocaleString()} at once</>
            )}
          </p>
          <p title="The median over the last ten runs that succeeded">
            {estimate.basis}: time <strong className="font-semibold text-ink-1">{estimate.time}</strong>, cost{' '}
            <strong className="font-semibold text-ink-1">{estimate.cost}</strong>
          </p>
          <Toggle label="Show the critical path on the canvas" isOn={isShown} onChange={(isOn) => showCriticalPath(path, isOn)} />
        </div>
        <p className="mt-1 leading-5">
          Critical path:{' '}
          {criticalPath.nodes.slice(0, 40).map((node, index) => (
            <Fragment key={node}>
              {index > 0 && ' → '}
              <button
                type="button"
                className="rounded-sm text-ink-1 hover:text-accent"
                onPointerEnter={() => highlightNodes(path, [node])}
                onPointerLeave={() => highlightNodes(path, [])}
                onFocus={() => highlightNodes(path, [node])}
                onBlur={() => highlightNodes(path, [])}
                onClick={() => setSelectedNodes(tabId, [node])}
              >
                {nameOf(node)}
              </button>
            </Fragment>
          ))}
          {criticalPath.nodes.length > 40 && ` → … (${criticalPath.nodes.length.toLocaleString()} in all)`}
        </p>
      </div>
    </div>
  );
}

interface LayerProps {
  readonly card: LayerCard;
  readonly onPoint: (nodes: readonly string[]) => void;
  readonly onChoose: () => void;
}

function Layer({ card, onPoint, onChoose }: LayerProps) {
  return (
    <button
      type="button"
      className="flex min-h-18 w-48 shrink-0 flex-col items-start rounded-lg border border-line bg-surface-2 px-3 py-2 text-left transition-colors hover:border-accent"
      onPointerEnter={() => onPoint(card.nodes)}
      onPointerLeave={() => onPoint([])}
      onFocus={() => onPoint(card.nodes)}
      onBlur={() => onPoint([])}
      onClick={onChoose}
    >
      <span className="flex w-full justify-between gap-2 text-11 text-ink-2">
        {card.title}
        <span className="truncate">{card.figures}</span>
      </span>
      <span className="line-clamp-2 text-13 font-semibold" title={card.names.join(', ')}>
        {card.names.join(', ')}
        {card.moreNames > 0 && ` and ${card.moreNames} more`}
      </span>
      {card.critical !== null && (
        <span className="max-w-full truncate text-12 text-waiting">
          {card.nodes.length === 1 ? 'critical' : `critical: ${card.critical}`}
        </span>
      )}
    </button>
  );
}

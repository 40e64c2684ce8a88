import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import type { GraphView } from '#shared/run/node-states.ts';
import type { RunState } from '#shared/run/state.ts';
import { toPlaceWords } from '../../state/scope-words.ts';
import type { Status } from '../../ui/status.ts';
import { statusColors } from '../../ui/status.ts';
import { StatusDot } from '../../ui/status-dot.tsx';
import { toSagaSteps } from './saga-steps.ts';

/** The undoing of a graph as the states it goes through: why, what is being undone, and what came of it. */
export function SagaStrip({ state, scope, graph }: { readonly state: RunState; readonly scope: string; readonly graph: GraphView }) {
  const saga = toSagaSteps(state, scope, graph);
  if (saga === null) return null;
  const current = saga.current === null ? null : toPlaceWords(state, saga.current);
  return (
    <section
      aria-label="Undoing"
      className="flex min-h-8 shrink-0 flex-wrap items-center gap-x-1.5 gap-y-1 border-b border-line bg-surface-1 px-3 py-1 text-12"
    >
      <Step status={graph.failure === null ? 'cancelled' : 'failed'} isOver>
        {graph.failure === null ? 'stopped' : 'failed'}
      </Step>
      <ChevronRight size={12} aria-hidden className="text-ink-3" />
      <Step status="compensating" isOver={saga.outcome !== 'compensating'}>
        {saga.outcome === 'compensating'
          ? `undoing, ${saga.settled} of ${saga.total} done`
          : `undid ${saga.total - saga.failed.length} of ${saga.total}`}
      </Step>
      <ChevronRight size={12} aria-hidden className="text-ink-3" />
      <Step
        status={saga.outcome === 'failed' ? 'failed' : 'succeeded'}
        isOver={saga.outcome !== 'compensating'}
        isAhead={saga.outcome === 'compensating'}
      >
        {saga.outcome === 'failed' ? `undone, but for ${saga.failed.length}` : 'undone'}
      </Step>
      <span className="min-w-0 flex-1 truncate pl-2 text-ink-2" title={saga.reason}>
        {current !== null
          ? `Now: ${current}`
          : saga.failed.length > 0
            ? `Not undone: ${saga.failed.map((address) => toPlaceWords(state, address)).join(', ')}`
            : saga.reason}
      </span>
    </section>
  );
}

interface StepProps {
  readonly status: Status;
  readonly isOver: boolean;
  readonly isAhead?: boolean;
  readonly children: ReactNode;
}

function Step({ status, isOver, isAhead = false, children }: StepProps) {
  return (
    <span
      aria-current={!isOver && !isAhead ? 'step' : undefined}
      className={`flex items-center gap-1.5 rounded-md border px-2 py-0.5 ${isAhead ? 'border-dashed border-line text-ink-3' : isOver ? 'border-line text-ink-2' : `border-current ${statusColors[status]}`}`}
    >
      {!isAhead && <StatusDot status={status} size={12} />}
      {children}
    </span>
  );
}

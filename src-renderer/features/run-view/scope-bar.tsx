import { ArrowLeft, ChevronRight } from 'lucide-react';
import { findScope, openerAddress } from '#shared/run/node-states.ts';
import type { RunState } from '#shared/run/state.ts';
import { keysOf } from '../../app/commands.ts';
import { toCrumbs, toOuterScope } from '../../state/scope-words.ts';
import { enterScope } from '../../state/selection.ts';
import { formatDuration, formatMoney, formatTokens } from '../../ui/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';
import { toScopeStatus } from './frame-rows.ts';
import { sumScopeUsage } from './scope-usage.ts';

/** The way from the run to the graph that is shown, and back: `run › Each › item 3`. */
export function ScopeBar({ runKey, state, scope }: { readonly runKey: string; readonly state: RunState; readonly scope: string }) {
  const crumbs = [{ scope: '', words: 'run' }, ...toCrumbs(state, scope)];
  const shown = findScope(state, scope);
  const usage = sumScopeUsage(shown ?? { nodes: [] });
  return (
    <nav aria-label="Where this graph is" className="flex h-8 shrink-0 items-center gap-1 border-b border-line bg-surface-1 px-2 text-12">
      <IconButton
        size="small"
        label="Back to the graph around it"
        keys={keysOf('run.leaveScope')}
        icon={<ArrowLeft size={14} />}
        onClick={() => leaveScope(runKey, scope)}
      />
      <ol className="flex min-w-0 items-center gap-1">
        {crumbs.map((crumb, index) => {
          const isLast = index === crumbs.length - 1;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a node and the scope around it share a path, their order never changes.
            <li key={index} className="flex min-w-0 items-center gap-1">
              {index > 0 && <ChevronRight size={12} aria-hidden className="shrink-0 text-ink-3" />}
              {isLast ? (
                <span aria-current="location" className="flex min-w-0 items-center gap-1.5 px-1 font-medium">
                  {shown !== undefined && <StatusDot status={toScopeStatus(shown)} size={12} />}
                  <span className="truncate">{crumb.words}</span>
                </span>
              ) : (
                <button
                  type="button"
                  className="truncate rounded-sm px-1 text-ink-2 hover:bg-surface-3 hover:text-ink-1"
                  onClick={() => enterScope(runKey, crumb.scope)}
                >
                  {crumb.words}
                </button>
              )}
            </li>
          );
        })}
      </ol>
      {shown !== undefined && (
        <span className="tabular ml-auto flex shrink-0 gap-3 pl-3 text-11 text-ink-2">
          {shown.endedAtMs !== null && <span>{formatDuration(shown.endedAtMs - shown.startedAtMs)}</span>}
          {usage.modelCalls > 0 && <span>{formatTokens(usage.inputTokens + usage.outputTokens)} tok</span>}
          {usage.modelCalls > 0 && <span>{formatMoney(usage.costUsd)}</span>}
        </span>
      )}
    </nav>
  );
}

/** Shows the graph around a scope, with the node that opened it selected. */
export function leaveScope(runKey: string, scope: string): void {
  if (scope !== '') enterScope(runKey, toOuterScope(scope), openerAddress(scope));
}

import { Clock, Coins, RotateCcw, UserCheck, Zap } from 'lucide-react';
import type { ReactNode } from 'react';
import { toNodeName } from '#shared/run/node-states.ts';
import { toPartWords } from '#shared/run/part.ts';
import { runCommand } from '../../app/commands.ts';
import { PanelSlot } from '../../app/panel-slot.tsx';
import { byAge, toApprovalKey, useApprovals } from '../../state/approvals.ts';
import { useIsOnline } from '../../state/connection.ts';
import { isStopped, toShortId, useRuns } from '../../state/runs.ts';
import { openTab } from '../../state/tabs.ts';
import type { ShownRun } from '../../state/use-shown-run.ts';
import { toRunStatus } from '../../state/waiting-status.ts';
import { Button } from '../../ui/button.tsx';
import { formatCount, formatDuration, formatMoney, formatTokens } from '../../ui/format.ts';
import { RelativeTime, useNow } from '../../ui/relative-time.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';

/** Which run this is, how it stands, and what it has used so far. */
export function RunHeader({ shown, runKey }: { readonly shown: ShownRun; readonly runKey: string }) {
  const { state, isAtHead, run } = shown;
  const isOnline = useIsOnline();
  const isLive = isAtHead && runKey.startsWith('run:') && state.endedAtMs === null;
  const nowMs = useNow(isLive && isOnline ? 500 : null);
  const summary = useRuns((store) => store.byId[state.runId]);
  const untilMs = state.endedAtMs ?? (isLive && isOnline ? nowMs : (run.events[shown.seq - 1]?.atMs ?? state.startedAtMs));
  const tokens = state.usage.inputTokens + state.usage.outputTokens;
  return (
    <section aria-label="This run" className="@container flex h-9 shrink-0 items-center gap-3 overflow-hidden border-b border-line px-3">
      <StatusDot status={toRunStatus(state)} hasWord />
      <span className="tabular truncate text-12 text-ink-2 @max-md:hidden">
        <span className="text-ink-1">#{toShortId(state.runId)}</span> · <RelativeTime atMs={state.startedAtMs} />
        {state.part !== null && ` · ${toPartWords(state.part, toNodeName(state, state.part.node))}`}
        {state.modelOverride !== null && ` · all on ${state.modelOverride}`}
        {state.timesResumed > 0 && ` · resumed ${formatCount(state.timesResumed, 'time')}`}
      </span>
      <span className="flex-1" />
      <Figure label={state.endedAtMs === null ? 'Time so far' : 'Time from start to end'} icon={<Clock size={13} />}>
        {formatDuration(Math.max(0, untilMs - state.startedAtMs))}
      </Figure>
      <Figure
        label={`${state.usage.inputTokens.toLocaleString()} in (${state.usage.cachedInputTokens.toLocaleString()} from cache), ${state.usage.outputTokens.toLocaleString()} out, in ${formatCount(state.usage.modelCalls, 'model call')}; ${formatCount(state.usage.toolCalls, 'tool call')}`}
        icon={<Zap size={13} />}
        isLesser
      >
        {formatTokens(tokens)} tok
      </Figure>
      <Figure
        label={state.usage.costUsd === null ? 'A model without a price was used, so the cost is not known' : 'Cost by the price table'}
        icon={<Coins size={13} />}
        isLesser
      >
        {formatMoney(state.usage.costUsd)}
      </Figure>
      {isAtHead && state.openApprovals > 0 && runKey.startsWith('run:') && (
        <Button size="small" icon={<UserCheck size={13} className="text-waiting" />} onClick={() => review(state.runId)}>
          Decide
        </Button>
      )}
      {isAtHead && <PanelSlot id="run-controls" runKey={runKey} />}
      {summary !== undefined && isStopped(summary) && (
        <Button size="small" tone="primary" icon={<RotateCcw size={13} />} disabled={!isOnline} onClick={() => runCommand('run.resume')}>
          Resume
        </Button>
      )}
    </section>
  );
}

/** Opens the inbox at the first question of this run. */
function review(runId: string): void {
  const question = byAge(useApprovals.getState().open).find((approval) => approval.runId === runId);
  useApprovals.setState({ selectedKey: question === undefined ? null : toApprovalKey(question) });
  openTab({ type: 'approvals' });
}

interface FigureProps {
  readonly label: string;
  readonly icon: ReactNode;
  /** Gives way to the buttons in a narrow header; the inspector says it too. */
  readonly isLesser?: boolean;
  readonly children: ReactNode;
}

function Figure({ label, icon, isLesser = false, children }: FigureProps) {
  const shown = isLesser ? '@max-md:hidden' : '';
  return (
    <Tooltip label={label}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the tooltip holds figures that the keyboard must reach too. */}
      <span tabIndex={0} className={`tabular inline-flex shrink-0 items-center gap-1 rounded-sm text-12 text-ink-1 ${shown}`}>
        <span aria-hidden className="text-ink-3">
          {icon}
        </span>
        {children}
      </span>
    </Tooltip>
  );
}

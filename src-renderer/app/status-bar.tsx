import { CircleAlert, CircleCheck, LoaderCircle, WifiOff } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { useApprovals } from '../state/approvals.ts';
import { useConnection } from '../state/connection.ts';
import { useProblemCounts } from '../state/problem-counts.ts';
import { isActive, sumUsageSince, toStartOfDay, useRuns } from '../state/runs.ts';
import { useSettings } from '../state/settings.ts';
import { selectActiveTab, useTabs } from '../state/tabs.ts';
import { formatCount, formatMoney, formatTokens } from '../ui/format.ts';
import { useNow } from '../ui/relative-time.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import { runCommand } from './commands.ts';

/** One line of facts at the bottom: host, runs going, questions, today's use, model, problems. Each leads to its place. */
export function StatusBar() {
  const runs = useRuns((store) => store.byId);
  const waiting = useApprovals((store) => store.open.length);
  const model = useSettings((store) => store.settings.defaultModel);
  const nowMs = useNow(60_000);
  const today = toStartOfDay(nowMs);
  const going = useMemo(() => Object.values(runs).filter((run) => isActive(run.status) && run.status !== 'waiting').length, [runs]);
  const usage = useMemo(() => sumUsageSince(runs, today), [runs, today]);
  return (
    <footer className="tabular flex h-6 shrink-0 items-center gap-1 border-t border-line px-1.5 text-11 text-ink-2">
      <HostState />
      <Fact label="Show runs" command="view.runs">
        {going === 0 ? 'no run going' : `${formatCount(going, 'run')} going`}
      </Fact>
      {waiting > 0 && (
        <Fact label="Show approvals" command="view.approvals">
          <span className="text-waiting">{waiting} waiting for you</span>
        </Fact>
      )}
      <span className="flex-1" />
      <Fact
        label={
          usage.unpricedRuns > 0
            ? `${formatCount(usage.unpricedRuns, 'run')} used a model without a price: the cost is at least this`
            : 'Tokens and cost of the runs that started today'
        }
        command="view.runs"
      >
        today {formatTokens(usage.tokens)} tok · {usage.unpricedRuns > 0 && usage.costUsd !== null ? '≥ ' : ''}
        {formatMoney(usage.costUsd)}
      </Fact>
      <Fact label="Default model" command="settings.models">
        {model}
      </Fact>
      <Problems />
    </footer>
  );
}

function HostState() {
  const status = useConnection((store) => store.connection.status);
  const words = { connecting: 'connecting', online: 'host ready', offline: 'host gone, reconnecting', refused: 'not let in' } as const;
  const icon = {
    connecting: <LoaderCircle size={12} className="animate-spin" aria-hidden />,
    online: <CircleCheck size={12} className="text-succeeded" aria-hidden />,
    offline: <WifiOff size={12} className="text-waiting" aria-hidden />,
    refused: <CircleAlert size={12} className="text-failed" aria-hidden />,
  } as const;
  return (
    <Fact label="Keys and version" command="help.keys">
      {icon[status]}
      <span role="status">{words[status]}</span>
    </Fact>
  );
}

function Problems() {
  const tab = useTabs(selectActiveTab);
  const count = useProblemCounts((store) => (tab?.type === 'workflow' ? store.byPath[tab.path] : undefined));
  if (count === undefined) return null;
  return (
    <Fact label="Show problems" command="view.problems">
      {formatCount(count, 'problem')}
    </Fact>
  );
}

function Fact({ label, command, children }: { readonly label: string; readonly command: string; readonly children: ReactNode }) {
  return (
    <Tooltip label={label} side="top">
      <button
        type="button"
        className="flex h-5 items-center gap-1.5 rounded-sm px-1.5 whitespace-nowrap hover:bg-surface-3 hover:text-ink-1"
        onClick={() => runCommand(command)}
      >
        {children}
      </button>
    </Tooltip>
  );
}

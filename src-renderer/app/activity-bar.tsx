import { Activity, CircleHelp, Files, Gauge, MailX, Settings, UserCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { useApprovals } from '../state/approvals.ts';
import { useDeadLetters } from '../state/dead-letters.ts';
import { type SidePanel, toggleSide, useLayout } from '../state/layout.ts';
import { openTab } from '../state/tabs.ts';
import { formatCount } from '../ui/format.ts';
import { Tooltip } from '../ui/tooltip.tsx';
import { keysOf, runCommand } from './commands.ts';

/** The column of places at the left edge. */
export function ActivityBar() {
  const waiting = useApprovals((store) => store.open.length);
  const dead = useDeadLetters((store) => store.letters.length);
  return (
    <nav aria-label="Places" className="flex w-11.5 shrink-0 flex-col items-center gap-1 border-r border-line py-2">
      <Place side="explorer" label="Explorer" keys={keysOf('view.explorer')} icon={<Files size={20} strokeWidth={1.6} />} />
      <Place side="runs" label="Runs" keys={keysOf('view.runs')} icon={<Activity size={20} strokeWidth={1.6} />} />
      <Place
        side="approvals"
        label={waiting === 0 ? 'Approvals' : `Approvals, ${formatCount(waiting, 'question')} for you`}
        keys={keysOf('view.approvals')}
        icon={<UserCheck size={20} strokeWidth={1.6} />}
        count={waiting}
      />
      <Place side="lanes" label="Lanes" keys={keysOf('view.lanes')} icon={<Gauge size={20} strokeWidth={1.6} />} />
      <Place
        side="dead-letters"
        label={dead === 0 ? 'Dead letters' : formatCount(dead, 'dead letter')}
        keys={keysOf('view.deadLetters')}
        icon={<MailX size={20} strokeWidth={1.6} />}
        count={dead}
      />
      <span className="flex-1" />
      <PlaceButton
        label="Keys and version"
        keys={keysOf('help.keys')}
        icon={<CircleHelp size={20} strokeWidth={1.6} />}
        onClick={() => runCommand('help.keys')}
      />
      <PlaceButton
        label="Settings"
        keys={keysOf('view.settings')}
        icon={<Settings size={20} strokeWidth={1.6} />}
        onClick={() => runCommand('view.settings')}
      />
    </nav>
  );
}

interface PlaceProps {
  readonly side: SidePanel;
  readonly label: string;
  readonly keys: string | undefined;
  readonly icon: ReactNode;
  readonly count?: number;
}

function Place({ side, ...rest }: PlaceProps) {
  const isCurrent = useLayout((layout) => layout.isSideOpen && layout.side === side);
  const onClick = () => {
    toggleSide(side);
    if (side !== 'explorer' && side !== 'runs' && useLayout.getState().isSideOpen) openTab({ type: side });
  };
  return <PlaceButton {...rest} isCurrent={isCurrent} onClick={onClick} />;
}

interface PlaceButtonProps {
  readonly label: string;
  readonly keys: string | undefined;
  readonly icon: ReactNode;
  readonly isCurrent?: boolean;
  readonly count?: number;
  readonly onClick: () => void;
}

function PlaceButton({ label, keys, icon, isCurrent = false, count = 0, onClick }: PlaceButtonProps) {
  return (
    <Tooltip label={label} keys={keys} side="right">
      <button
        type="button"
        aria-label={label}
        aria-current={isCurrent ? 'page' : undefined}
        className="relative flex size-9 items-center justify-center rounded-lg text-ink-2 transition-colors hover:text-ink-1 aria-[current]:bg-surface-3 aria-[current]:text-accent"
        onClick={onClick}
      >
        {icon}
        {count > 0 && (
          <span className="tabular absolute top-0.5 right-0 flex h-4 min-w-4 items-center justify-center rounded-full bg-waiting px-1 text-11 font-semibold text-on-accent">
            {count > 99 ? '99+' : count}
          </span>
        )}
      </button>
    </Tooltip>
  );
}

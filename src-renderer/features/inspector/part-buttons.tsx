import { Play, StepForward, Target } from 'lucide-react';
import { keysOf, runCommand } from '../../app/commands.ts';
import { useIsOnline } from '../../state/connection.ts';
import { useStarting } from '../../state/run-actions.ts';
import { Button } from '../../ui/button.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';

const parts = [
  {
    command: 'part.only',
    label: 'Only this',
    title: 'Run only this node, with what it needs pinned or taken from the last run',
    Icon: Play,
  },
  { command: 'part.to', label: 'Up to here', title: 'Run this node and what it needs', Icon: Target },
  { command: 'part.from', label: 'From here', title: 'Run this node and what follows', Icon: StepForward },
] as const;

/** Runs the parts of the workflow that begin or end at the selected node. */
export function PartButtons() {
  const isOnline = useIsOnline();
  const isStarting = useStarting((store) => store.count > 0);
  return (
    <fieldset aria-label="Run a part" className="flex gap-1.5 px-3.5 pb-2">
      {parts.map(({ command, label, title, Icon }) => (
        <Tooltip key={command} label={title} keys={keysOf(command)}>
          <Button
            size="small"
            className="min-w-0 flex-1 px-1!"
            icon={<Icon size={13} />}
            disabled={!isOnline || isStarting}
            onClick={() => runCommand(command)}
          >
            {label}
          </Button>
        </Tooltip>
      ))}
    </fieldset>
  );
}

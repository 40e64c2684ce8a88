import { Command as Cmdk } from 'cmdk';
import { LayoutTemplate, SquareTerminal, Workflow } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { useLibrary } from '../state/library.ts';
import { openTemplate } from '../state/run-actions.ts';
import { selectRuns, useRuns } from '../state/runs.ts';
import { openTab } from '../state/tabs.ts';
import { KeyHint } from '../ui/key-hint.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { StatusDot } from '../ui/status-dot.tsx';
import { canRun, listCommands, runCommand } from './commands.ts';
import { useDialogs } from './dialogs.ts';
import { notifyError } from './notify.ts';

/** How many runs the palette offers; older ones are in the list of runs. */
const mostRuns = 50;

/** Everything that can be done or opened, by typing a part of its name. */
export function CommandPalette() {
  const isOpen = useDialogs((store) => store.isPaletteOpen);
  const close = () => useDialogs.setState({ isPaletteOpen: false });
  return (
    <Radix.Root open={isOpen} onOpenChange={(next) => useDialogs.setState({ isPaletteOpen: next })}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed top-[9vh] left-1/2 z-40 w-[calc(100vw-32px)] max-w-150 -translate-x-1/2 overflow-hidden rounded-xl border border-line-strong bg-surface-1 shadow-pop focus:outline-none"
        >
          <Radix.Title className="sr-only">Find a command, workflow or run</Radix.Title>
          <PaletteContent close={close} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function PaletteContent({ close }: { readonly close: () => void }) {
  const workflows = useLibrary((store) => store.workflows) ?? [];
  const templates = useLibrary((store) => store.templates) ?? [];
  const runs = selectRuns(
    useRuns((store) => store.byId),
    { status: 'all', text: '' },
  ).slice(0, mostRuns);
  const doing = (act: () => void) => () => {
    close();
    act();
  };
  return (
    <Cmdk label="Commands, workflows, runs and templates" loop>
      <Cmdk.Input
        autoFocus
        placeholder="Type a command, workflow, run or template"
        className="h-11 w-full border-b border-line bg-transparent px-4 text-13 outline-none"
      />
      <Cmdk.List
        label="Matches"
        className="max-h-[56vh] overflow-y-auto p-1.5 [&_[cmdk-group-heading]]:section-label [&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1"
      >
        <Cmdk.Empty className="px-3 py-6 text-center text-12 text-ink-2">Nothing has that name.</Cmdk.Empty>
        <Cmdk.Group heading="Workflows">
          {workflows.map((file) => (
            <Item
              key={file.path}
              value={`workflow ${file.name} ${file.path}`}
              icon={<Workflow size={14} />}
              onSelect={doing(() => openTab({ type: 'workflow', path: file.path }))}
              trailing={file.path}
            >
              {file.name}
            </Item>
          ))}
        </Cmdk.Group>
        <Cmdk.Group heading="Commands">
          {listCommands()
            .filter((command) => command.id !== 'palette.open' && canRun(command.id))
            .map((command) => (
              <Item
                key={command.id}
                value={`${command.title} ${command.group}`}
                icon={<SquareTerminal size={14} />}
                onSelect={doing(() => runCommand(command.id))}
                trailing={command.keys === undefined ? undefined : <KeyHint keys={command.keys} />}
              >
                {command.title}
              </Item>
            ))}
        </Cmdk.Group>
        <Cmdk.Group heading="Runs">
          {runs.map((run) => (
            <Item
              key={run.runId}
              value={`run ${run.workflowName} ${run.runId} ${run.status}`}
              icon={<StatusDot status={run.status} />}
              onSelect={doing(() => openTab({ type: 'run', runId: run.runId }))}
              trailing={<RelativeTime atMs={run.startedAtMs} />}
            >
              {run.workflowName}
            </Item>
          ))}
        </Cmdk.Group>
        <Cmdk.Group heading="New from template">
          {templates.map((template) => (
            <Item
              key={template.id}
              value={`template ${template.name} ${template.tags.join(' ')}`}
              icon={<LayoutTemplate size={14} />}
              onSelect={doing(() => void openTemplate(template.id).catch(notifyError))}
            >
              {template.name}
            </Item>
          ))}
        </Cmdk.Group>
      </Cmdk.List>
    </Cmdk>
  );
}

interface ItemProps {
  readonly value: string;
  readonly icon: ReactNode;
  readonly trailing?: ReactNode;
  readonly onSelect: () => void;
  readonly children: ReactNode;
}

function Item({ value, icon, trailing, onSelect, children }: ItemProps) {
  return (
    <Cmdk.Item
      value={value}
      onSelect={onSelect}
      className="flex h-8 items-center gap-2.5 rounded-md px-2.5 text-13 text-ink-1 data-[selected=true]:bg-surface-3"
    >
      <span aria-hidden className="flex w-4 justify-center text-ink-2">
        {icon}
      </span>
      <span className="min-w-0 flex-1 truncate">{children}</span>
      <span className="max-w-60 truncate text-12 text-ink-2">{trailing}</span>
    </Cmdk.Item>
  );
}

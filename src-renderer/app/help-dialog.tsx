import { useConnection } from '../state/connection.ts';
import { Dialog } from '../ui/dialog.tsx';
import { KeyHint } from '../ui/key-hint.tsx';
import { listCommands } from './commands.ts';
import { useDialogs } from './dialogs.ts';

const groups = ['Run', 'Workflow', 'View', 'Settings', 'Help'] as const;

/** Every key of the window, and what this Heddle is. */
export function HelpDialog() {
  const isOpen = useDialogs((store) => store.isHelpOpen);
  const host = useConnection((store) => store.host);
  const withKeys = listCommands().filter((command) => command.keys !== undefined);
  return (
    <Dialog
      isOpen={isOpen}
      onClose={() => useDialogs.setState({ isHelpOpen: false })}
      title="Keys"
      description="Every command is in the palette too, with its key."
      width="wide"
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard. */}
      <section aria-label="Keys" tabIndex={0} className="columns-2 gap-8 pb-2">
        {groups
          .filter((group) => withKeys.some((command) => command.group === group))
          .map((group) => (
            <section key={group} className="mb-4 break-inside-avoid-column">
              <h3 className="section-label mb-1">{group}</h3>
              <dl>
                {withKeys
                  .filter((command) => command.group === group)
                  .map((command) => (
                    <div key={command.id} className="flex h-6.5 items-center justify-between gap-3">
                      <dt className="truncate text-12 text-ink-2">{command.title}</dt>
                      <dd>
                        <KeyHint keys={command.keys ?? ''} />
                      </dd>
                    </div>
                  ))}
              </dl>
            </section>
          ))}
      </section>
      {host !== null && (
        <p className="border-t border-line py-2 text-12 text-ink-2">
          Heddle {host.version} · {host.platform} · process {host.pid} · {host.workspace}
        </p>
      )}
    </Dialog>
  );
}

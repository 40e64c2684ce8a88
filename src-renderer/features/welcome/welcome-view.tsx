import { Cpu, FilePlus, Zap } from 'lucide-react';
import type { ReactNode } from 'react';
import { keysOf, runCommand } from '../../app/commands.ts';
import { useConnection, useIsOnline } from '../../state/connection.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/json-view.tsx';
import { KeyHint } from '../../ui/key-hint.tsx';
import { RecentWorkspaces } from './recent-workspaces.tsx';
import { TemplateGallery } from './template-gallery.tsx';

/** Welcome: the gallery, and three things worth trying. */
export function WelcomeView() {
  const isOnline = useIsOnline();
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto flex max-w-220 flex-col gap-8 px-8 py-10">
        <header className="flex items-end gap-6">
          <div className="min-w-0 flex-1">
            <h2 className="text-20 font-semibold">Draw a workflow, run it, and see exactly what happened</h2>
            <p className="mt-1 text-13 text-ink-2">
              Everything stays on this machine, and the built-in scripted model needs no key and no network.
            </p>
          </div>
          <Button icon={<FilePlus size={14} />} disabled={!isOnline} onClick={() => runCommand('workflow.new')}>
            New workflow
            <KeyHint keys={keysOf('workflow.new') ?? ''} />
          </Button>
        </header>

        <RecentWorkspaces />

        <section>
          <h2 className="section-label mb-2">Begin from a template</h2>
          <TemplateGallery />
        </section>

        <section>
          <h2 className="section-label mb-2">Worth trying</h2>
          <ul className="grid grid-cols-[repeat(auto-fit,minmax(250px,1fr))] gap-3">
            <BreakIt />
            <TryCard
              icon={<Cpu size={16} className="text-model" />}
              title="Use your own model"
              text="A server on this machine, or any provider with an OpenAI or Anthropic interface. The test button shows its exact answer."
              action={
                <Button size="small" onClick={() => runCommand('settings.models')}>
                  Open models
                </Button>
              }
            />
          </ul>
        </section>
      </div>
    </div>
  );
}

/** The host can be killed at any moment; this says how, and what will happen. */
function BreakIt() {
  const host = useConnection((store) => store.host);
  const command = host === null ? null : host.platform === 'win32' ? `taskkill /F /PID ${host.pid}` : `kill -9 ${host.pid}`;
  return (
    <TryCard
      icon={<Zap size={16} className="text-waiting" />}
      title="Break it"
      text="Start a run, then kill the host in a terminal. It is started again, the window reconnects, and the run goes on where its journal ends."
      action={
        command === null ? null : (
          <div className="flex min-w-0 items-center gap-1 rounded-md border border-line bg-canvas pl-2">
            <code className="min-w-0 flex-1 truncate font-mono text-12">{command}</code>
            <CopyButton text={command} label="Copy command" />
          </div>
        )
      }
    />
  );
}

function TryCard({
  icon,
  title,
  text,
  action,
}: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly text: string;
  readonly action: ReactNode;
}) {
  return (
    <li className="flex flex-col gap-3 rounded-xl border border-line bg-surface-1 p-4">
      <div className="flex-1">
        <h3 className="flex items-center gap-2 text-13 font-semibold">
          <span aria-hidden>{icon}</span>
          {title}
        </h3>
        <p className="mt-1 text-12 text-ink-2">{text}</p>
      </div>
      <div>{action}</div>
    </li>
  );
}

import { Download, Ellipsis, FilePlus, LayoutTemplate, Pencil, Play, Trash2, TriangleAlert, Workflow } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { WorkflowFile } from '#shared/contract/workflows.ts';
import { keysOf, runCommand } from '../../app/commands.ts';
import { notifyDone, notifyError } from '../../app/notify.ts';
import { useApprovals } from '../../state/approvals.ts';
import { useConnection, useIsOnline } from '../../state/connection.ts';
import { useLibrary } from '../../state/library.ts';
import { openTemplate } from '../../state/run-actions.ts';
import { useRuns } from '../../state/runs.ts';
import { openTab, toTabId, useTabs } from '../../state/tabs.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { FileTree } from './file-tree.tsx';
import { removeWorkflow, useNaming } from './naming.ts';

/** What is in the workspace, and what one can begin from. */
export function ExplorerPanel() {
  const host = useConnection((store) => store.host);
  const isOnline = useIsOnline();
  const workflows = useLibrary((store) => store.workflows);
  const templates = useLibrary((store) => store.templates);
  return (
    <div className="h-full overflow-y-auto pb-3">
      <Section
        title="Workflows"
        action={
          <IconButton
            size="small"
            label="New workflow"
            keys={keysOf('workflow.new')}
            icon={<FilePlus size={14} />}
            disabled={!isOnline || host?.isReadOnly === true}
            onClick={() => runCommand('workflow.new')}
          />
        }
      >
        {workflows === null ? (
          <div className="px-2 py-1">
            {isOnline ? (
              <Spinner label="Loading workflows" />
            ) : (
              <p className="text-12 text-ink-2">Not connected. They appear when the host is back.</p>
            )}
          </div>
        ) : workflows.length === 0 ? (
          <EmptyState
            isCompact
            title="No workflows yet"
            text="Begin with an empty one, or from a template below."
            actions={
              <Button size="small" tone="primary" icon={<FilePlus size={13} />} onClick={() => runCommand('workflow.new')}>
                New workflow
              </Button>
            }
          />
        ) : (
          <ul>
            {workflows.map((file) => (
              <WorkflowRow key={file.path} file={file} />
            ))}
          </ul>
        )}
      </Section>
      <Section title="Files">{host === null ? null : <FileTree workspaceName={host.workspaceName} />}</Section>
      {templates !== null && templates.length > 0 && (
        <Section title="Templates">
          <ul>
            {templates.map((template) => (
              <li key={template.id}>
                <Tooltip label={template.description} side="right">
                  <button
                    type="button"
                    disabled={!isOnline}
                    className="flex h-6.5 w-full items-center gap-2 rounded-md px-2 text-left text-13 text-ink-2 hover:bg-surface-2 hover:text-ink-1"
                    onClick={() => void openTemplate(template.id).catch(notifyError)}
                  >
                    <LayoutTemplate size={14} aria-hidden className="shrink-0" />
                    <span className="min-w-0 flex-1 truncate">{template.name}</span>
                    <span className="shrink-0 text-11 text-ink-3">use</span>
                  </button>
                </Tooltip>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}

function Section({ title, action, children }: { readonly title: string; readonly action?: ReactNode; readonly children: ReactNode }) {
  return (
    <section className="px-2 pt-3">
      <div className="flex h-6 items-center justify-between pl-2">
        <h2 className="section-label">{title}</h2>
        {action}
      </div>
      {children}
    </section>
  );
}

function WorkflowRow({ file }: { readonly file: WorkflowFile }) {
  const isActive = useTabs((store) => store.activeId === toTabId({ type: 'workflow', path: file.path }));
  const [isMenuOpen, setIsMenuOpen] = useState(false);
  const runs = useRuns((store) => store.byId);
  const waiting = useApprovals((store) => store.open).filter((approval) => runs[approval.runId]?.workflowPath === file.path).length;
  const remove = async () => {
    try {
      notifyDone(`“${file.name}” is in the trash`, await removeWorkflow(file.path));
    } catch (thrown) {
      notifyError(thrown);
    }
  };
  return (
    <li className={`group flex h-6.5 items-center rounded-md ${isActive ? 'bg-surface-3' : 'hover:bg-surface-2'}`}>
      <button
        type="button"
        aria-current={isActive ? 'page' : undefined}
        title={file.problem ?? file.path}
        className={`flex h-full min-w-0 flex-1 items-center gap-2 rounded-md pl-2 text-left text-13 ${isActive ? 'text-ink-1' : 'text-ink-2 hover:text-ink-1'}`}
        onClick={() => openTab({ type: 'workflow', path: file.path })}
        onContextMenu={(event) => {
          event.preventDefault();
          setIsMenuOpen(true);
        }}
      >
        {file.problem === null ? (
          <Workflow size={14} aria-hidden className="shrink-0" />
        ) : (
          <TriangleAlert size={14} aria-label="Cannot be opened" className="shrink-0 text-failed" />
        )}
        <span className="min-w-0 flex-1 truncate">{file.name}</span>
      </button>
      {waiting > 0 && (
        <span className="tabular mr-1 text-11 text-waiting" title="Questions for you">
          {waiting}
          <span className="sr-only"> waiting for you</span>
        </span>
      )}
      <span className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 has-[[data-state=open]]:opacity-100">
        <Menu
          label={`Actions for ${file.name}`}
          isOpen={isMenuOpen}
          onOpenChange={setIsMenuOpen}
          trigger={
            <button
              type="button"
              aria-label={`Actions for ${file.name}`}
              className="flex size-6 items-center justify-center rounded-md text-ink-2 hover:text-ink-1"
            >
              <Ellipsis size={14} />
            </button>
          }
          items={[
            { label: 'Open', icon: <Workflow size={14} />, onSelect: () => openTab({ type: 'workflow', path: file.path }) },
            ...(isActive
              ? [
                  { label: 'Run', icon: <Play size={14} />, keys: keysOf('run.start'), onSelect: () => runCommand('run.start') },
                  { label: 'Export', icon: <Download size={14} />, onSelect: () => runCommand('workflow.export') },
                  {
                    label: 'Save as a template',
                    icon: <LayoutTemplate size={14} />,
                    onSelect: () => runCommand('workflow.saveAsTemplate'),
                  },
                ]
              : []),
            ...(file.problem === null
              ? [
                  {
                    label: 'Rename',
                    icon: <Pencil size={14} />,
                    onSelect: () => useNaming.setState({ task: { type: 'rename', path: file.path, name: file.name } }),
                  },
                ]
              : []),
            { label: 'Move to trash', icon: <Trash2 size={14} />, isDangerous: true, onSelect: () => void remove() },
          ]}
        />
      </span>
    </li>
  );
}

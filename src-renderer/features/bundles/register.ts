import { registerCommands } from '../../app/commands.ts';
import { registerOverlay } from '../../app/panels.ts';
import { useConnection } from '../../state/connection.ts';
import { selectActiveTab, useTabs } from '../../state/tabs.ts';
import { useBundleTask } from './bundle-dialogs.ts';
import { ExportDialog } from './export-dialog.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { SaveTemplateDialog } from './save-template-dialog.tsx';

/** Whole workflows on their way out, in, and into the gallery. */
export function register(): void {
  registerOverlay(ExportDialog);
  registerOverlay(ImportDialog);
  registerOverlay(SaveTemplateDialog);
  registerCommands([
    {
      id: 'workflow.export',
      title: 'Export this workflow',
      group: 'Workflow',
      when: () => findPath() !== null && isOnline(),
      run: () => open('export'),
    },
    {
      id: 'workflow.import',
      title: 'Import a workflow',
      group: 'Workflow',
      when: () => isOnline() && isWritable(),
      run: () => useBundleTask.setState({ task: { type: 'import' } }),
    },
    {
      id: 'workflow.saveAsTemplate',
      title: 'Save this workflow as a template',
      group: 'Workflow',
      when: () => findPath() !== null && isOnline() && isWritable(),
      run: () => open('saveAsTemplate'),
    },
  ]);
}

function open(type: 'export' | 'saveAsTemplate'): void {
  const path = findPath();
  if (path !== null) useBundleTask.setState({ task: { type, path } });
}

function findPath(): string | null {
  const tab = selectActiveTab(useTabs.getState());
  return tab?.type === 'workflow' ? tab.path : null;
}

const isOnline = () => useConnection.getState().connection.status === 'online';
const isWritable = () => useConnection.getState().host?.isReadOnly !== true;

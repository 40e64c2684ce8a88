import { registerCommands } from '../../app/commands.ts';
import { registerOverlay, registerPanel } from '../../app/panels.ts';
import { useConnection } from '../../state/connection.ts';
import { ExplorerPanel } from './explorer-panel.tsx';
import { NameDialog } from './name-dialog.tsx';
import { useNaming } from './naming.ts';

/** The workspace: its workflows, its files, and the templates to begin from. */
export function register(): void {
  registerPanel('explorer', ExplorerPanel);
  registerOverlay(NameDialog);
  registerCommands([
    {
      id: 'workflow.new',
      title: 'New workflow',
      group: 'Workflow',
      keys: 'Alt+N',
      when: () => useConnection.getState().connection.status === 'online',
      run: () => useNaming.setState({ task: { type: 'new' } }),
    },
  ]);
}

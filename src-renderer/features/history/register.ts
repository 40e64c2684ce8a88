import { type Command, registerCommands } from '../../app/commands.ts';
import { registerOverlay, registerPanel } from '../../app/panels.ts';
import { endComparison, useComparison } from '../../state/comparison.ts';
import { useConnection } from '../../state/connection.ts';
import { findDocument, saveDocument } from '../../state/documents.ts';
import { showBottom } from '../../state/layout.ts';
import { selectActiveTab, useTabs } from '../../state/tabs.ts';
import { ComparisonView } from './comparison-view.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { useHistory } from './history-state.ts';
import { NameVersionDialog } from './name-version-dialog.tsx';

/** Every version of a workflow: what was done, two of them beside each other, and the way back. */
export function register(): void {
  registerPanel('history', HistoryPanel);
  registerPanel('comparison', ComparisonView);
  registerOverlay(NameVersionDialog);
  registerCommands(commands);
}

function findPath(): string | null {
  const tab = selectActiveTab(useTabs.getState());
  return tab?.type === 'workflow' && findDocument(tab.path) !== undefined ? tab.path : null;
}

const commands: readonly Command[] = [
  {
    id: 'history.show',
    title: 'Show the history of the workflow',
    group: 'Workflow',
    keys: 'Mod+Shift+H',
    when: () => findPath() !== null,
    run: () => showBottom('history'),
  },
  {
    id: 'history.nameVersion',
    title: 'Name the version that is there now',
    group: 'Workflow',
    when: () => findPath() !== null && useConnection.getState().host?.isReadOnly !== true,
    run: async () => {
      const path = findPath();
      if (path === null) return;
      await saveDocument(path);
      useHistory.setState({ naming: { path, seq: null, name: '' } });
    },
  },
  {
    id: 'history.endComparison',
    title: 'Go back to editing from a comparison',
    group: 'Workflow',
    when: () => useComparison.getState().byPath[findPath() ?? ''] !== undefined,
    run: () => endComparison(findPath() ?? ''),
  },
];

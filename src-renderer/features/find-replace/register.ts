import { type Command, registerCommands } from '../../app/commands.ts';
import { registerPanel } from '../../app/panels.ts';
import { useConnection } from '../../state/connection.ts';
import { findDocument } from '../../state/documents.ts';
import { selectActiveTab, toTabId, useTabs } from '../../state/tabs.ts';
import { FindBar } from './find-bar.tsx';
import { openFind } from './find-ui.ts';

const commands: readonly Command[] = [
  {
    id: 'find.open',
    title: 'Find in the workflow',
    group: 'Workflow',
    keys: 'Mod+F',
    when: () => findTabId() !== null,
    run: () => open(false),
  },
  {
    id: 'find.replace',
    title: 'Find and replace in the workflow',
    group: 'Workflow',
    keys: 'Mod+H',
    when: () => findTabId() !== null && useConnection.getState().host?.isReadOnly !== true,
    run: () => open(true),
  },
];

/** Find and replace over everything that is written in a workflow. */
export function register(): void {
  registerPanel('find-replace', FindBar);
  registerCommands(commands);
}

function open(isReplacing: boolean): void {
  const tabId = findTabId();
  if (tabId !== null) openFind(tabId, isReplacing);
}

/** The tab in front, when it is an open workflow. */
function findTabId(): string | null {
  const tab = selectActiveTab(useTabs.getState());
  return tab?.type === 'workflow' && findDocument(tab.path) !== undefined ? toTabId(tab) : null;
}

import { selectWorkflowName, type useLibrary } from '../state/library.ts';
import { toShortId, type useRuns } from '../state/runs.ts';
import type { Tab } from '../state/tabs.ts';

export interface TabWords {
  readonly name: string;
  /** What tells it from others of its name: kept whole when the name is too long. */
  readonly detail?: string;
}

type Library = Pick<ReturnType<typeof useLibrary.getState>, 'workflows' | 'templates'>;
type Runs = Pick<ReturnType<typeof useRuns.getState>, 'byId'>;

/** What a tab is called, as far as the stores know now. */
export function toTabWords(tab: Tab, { workflows, templates }: Library, { byId }: Runs): TabWords {
  switch (tab.type) {
    case 'workflow':
      return { name: selectWorkflowName(workflows, tab.path) };
    case 'run':
      return { name: byId[tab.runId]?.workflowName ?? 'Run', detail: `#${toShortId(tab.runId)}` };
    case 'recorded':
      return { name: `${templates?.find((template) => template.id === tab.templateId)?.name ?? tab.templateId}, recorded` };
    case 'file':
      return { name: tab.path.split('/').at(-1) ?? tab.path };
    case 'approvals':
      return { name: 'Approvals' };
    case 'lanes':
      return { name: 'Lanes' };
    case 'dead-letters':
      return { name: 'Dead letters' };
    case 'settings':
      return { name: 'Settings' };
    case 'welcome':
      return { name: 'Welcome' };
  }
}

/** The words of a tab in one line, as it is read aloud. */
export function toTabTitle(tab: Tab, library: Library, runs: Runs): string {
  const { name, detail } = toTabWords(tab, library, runs);
  return detail === undefined ? name : `${name} ${detail}`;
}

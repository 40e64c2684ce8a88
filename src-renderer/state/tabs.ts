import { z } from 'zod';
import { create } from 'zustand';

/** What a tab of the editor area shows. */
export const tabSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('workflow'), path: z.string() }),
  z.strictObject({ type: z.literal('run'), runId: z.string() }),
  z.strictObject({ type: z.literal('recorded'), templateId: z.string() }),
  z.strictObject({ type: z.literal('file'), path: z.string() }),
  z.strictObject({ type: z.literal('approvals') }),
  z.strictObject({ type: z.literal('lanes') }),
  z.strictObject({ type: z.literal('dead-letters') }),
  z.strictObject({ type: z.literal('settings') }),
  z.strictObject({ type: z.literal('welcome') }),
]);
export type Tab = z.infer<typeof tabSchema>;

/** The identity of a tab: what is open twice is one tab. */
export function toTabId(tab: Tab): string {
  switch (tab.type) {
    case 'workflow':
    case 'file':
      return `${tab.type}:${tab.path}`;
    case 'run':
      return `run:${tab.runId}`;
    case 'recorded':
      return `template:${tab.templateId}`;
    case 'approvals':
    case 'lanes':
    case 'dead-letters':
    case 'settings':
    case 'welcome':
      return tab.type;
  }
}

/** What can open and close tabs: the docked editor area, once it is drawn. */
export interface TabArea {
  open(tab: Tab): void;
  close(tabId: string): void;
  activateNext(step: 1 | -1): void;
}

interface TabsStore {
  readonly open: readonly Tab[];
  readonly activeId: string | null;
  /** The workflow and the run that were last in front, for the switch between Build and Debug. */
  readonly lastWorkflow: Tab | null;
  readonly lastRun: Tab | null;
}

export const useTabs = create<TabsStore>()(() => ({ open: [], activeId: null, lastWorkflow: null, lastRun: null }));

let area: TabArea | null = null;
let waiting: Tab[] = [];

/** Connects the editor area; tabs asked for before are opened now. */
export function connectTabArea(connected: TabArea): void {
  area = connected;
  const early = waiting;
  waiting = [];
  for (const tab of early) connected.open(tab);
}

/** Opens a tab, or brings it to the front when it is open. */
export function openTab(tab: Tab): void {
  if (area === null) waiting.push(tab);
  else area.open(tab);
}

export function closeTab(tabId: string): void {
  area?.close(tabId);
}

export function activateNextTab(step: 1 | -1): void {
  area?.activateNext(step);
}

/** The tab in front. */
export function selectActiveTab(store: Pick<TabsStore, 'open' | 'activeId'>): Tab | null {
  return store.open.find((tab) => toTabId(tab) === store.activeId) ?? null;
}

/** The key under which the run of this tab is followed, or null when it shows none. */
export function toFollowKey(tab: Tab | null): string | null {
  return tab?.type === 'run' || tab?.type === 'recorded' ? toTabId(tab) : null;
}

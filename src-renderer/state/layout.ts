import { z } from 'zod';
import { create } from 'zustand';

const sidePanels = ['explorer', 'runs', 'approvals', 'lanes', 'dead-letters'] as const;
export const bottomTabs = ['problems', 'plan', 'history', 'events', 'context', 'flame', 'output', 'console'] as const;

/** Sizes in CSS pixels and what is open: everything about the frame that a restart brings back, except the docked tabs. */
export const layoutSchema = z.object({
  perspective: z.enum(['build', 'debug']).catch('build'),
  side: z.enum(sidePanels).catch('explorer'),
  isSideOpen: z.boolean().catch(true),
  sideWidth: z.number().min(180).max(480).catch(236),
  isInspectorOpen: z.boolean().catch(true),
  inspectorWidth: z.number().min(240).max(560).catch(308),
  isBottomOpen: z.boolean().catch(true),
  bottomHeight: z.number().min(96).max(640).catch(216),
  bottomTabs: z.object({ build: z.enum(bottomTabs), debug: z.enum(bottomTabs) }).catch({ build: 'problems', debug: 'events' }),
});
export type Layout = z.infer<typeof layoutSchema>;
export type SidePanel = Layout['side'];
export type BottomTab = (typeof bottomTabs)[number];
export type Perspective = Layout['perspective'];

const storageKey = 'heddle.layout';
const dockKey = 'heddle.dock';

export const useLayout = create<Layout>()(() => readLayout(stored(storageKey)));

/** The layout in this text; whatever in it cannot be used is as at first launch. */
export function readLayout(text: string | null): Layout {
  return layoutSchema.parse(parsed(text) ?? {});
}

/** Writes the layout down whenever it changes. */
export function persistLayout(): () => void {
  return useLayout.subscribe((layout) => localStorage.setItem(storageKey, JSON.stringify(layout)));
}

/** The docked tabs as the docking library wrote them, or null when there are none to bring back. */
export function readDock(): unknown {
  return parsed(stored(dockKey)) ?? null;
}

export function writeDock(dock: unknown): void {
  localStorage.setItem(dockKey, JSON.stringify(dock));
}

/** Shows a side panel; the one that is shown is closed by asking for it again. */
export function toggleSide(side: SidePanel): void {
  useLayout.setState((layout) => (layout.isSideOpen && layout.side === side ? { isSideOpen: false } : { side, isSideOpen: true }));
}

/** Shows a tab of the bottom panel. */
export function showBottom(tab: BottomTab): void {
  useLayout.setState((layout) => ({ isBottomOpen: true, bottomTabs: { ...layout.bottomTabs, [layout.perspective]: tab } }));
}

function stored(key: string): string | null {
  return typeof localStorage === 'undefined' ? null : localStorage.getItem(key);
}

function parsed(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

import { useLayout } from '../state/layout.ts';
import { selectActiveTab, toFollowKey, toTabId, useTabs } from '../state/tabs.ts';
import { Splitter } from '../ui/splitter.tsx';
import { PanelSlot } from './panel-slot.tsx';
import { findPanel } from './panels.ts';

/** What is selected in the tab in front, right of the editor area. Tabs without anything to select leave it away. */
export function InspectorPanel({ width }: { readonly width: number }) {
  const tab = useTabs(selectActiveTab);
  const runKey = toFollowKey(tab);
  const isShown = runKey !== null || (tab?.type === 'workflow' && findPanel('inspector') !== undefined);
  if (!isShown) return null;
  return (
    <aside aria-label="Inspector" className="flex min-h-0 shrink-0">
      <Splitter
        label="Width of the inspector"
        orientation="vertical"
        sizes="after"
        size={width}
        min={240}
        max={560}
        onResize={(next) => useLayout.setState({ inspectorWidth: next })}
        onReset={() => useLayout.setState({ inspectorWidth: 308 })}
      />
      <div style={{ width: `min(${width}px, 28vw)` }} className="min-h-0 overflow-hidden">
        {runKey !== null && <PanelSlot key={runKey} id="run-inspector" runKey={runKey} />}
        {tab?.type === 'workflow' && <PanelSlot key={tab.path} id="inspector" path={tab.path} tabId={toTabId(tab)} />}
      </div>
    </aside>
  );
}

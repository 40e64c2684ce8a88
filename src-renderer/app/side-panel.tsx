import { useLayout } from '../state/layout.ts';
import { selectActiveTab, toFollowKey, toTabId, useTabs } from '../state/tabs.ts';
import { PanelSlot } from './panel-slot.tsx';

/** The chosen place, left of the editor area. Below the files of a workflow in front stand the kinds of nodes, below the runs the frames of a run in front. */
export function SidePanel() {
  const side = useLayout((layout) => layout.side);
  const tab = useTabs(selectActiveTab);
  const runKey = toFollowKey(tab);
  switch (side) {
    case 'explorer':
      return (
        <div className="flex h-full flex-col">
          <div className="min-h-24 flex-1">
            <PanelSlot id="explorer" />
          </div>
          {tab?.type === 'workflow' && (
            <div className="min-h-0 shrink overflow-y-auto border-t border-line">
              <PanelSlot id="node-palette" path={tab.path} tabId={toTabId(tab)} />
            </div>
          )}
        </div>
      );
    case 'approvals':
      return <PanelSlot id="approvals" />;
    case 'lanes':
      return <PanelSlot id="lane-list" />;
    case 'dead-letters':
      return <PanelSlot id="dead-letters" />;
    case 'runs':
      return (
        <div className="flex h-full flex-col">
          <div className={runKey === null ? 'min-h-0 flex-1' : 'h-[45%] min-h-40 shrink-0'}>
            <PanelSlot id="runs" />
          </div>
          {runKey !== null && (
            <div className="min-h-0 flex-1 border-t border-line">
              <PanelSlot id="run-frames" runKey={runKey} />
            </div>
          )}
        </div>
      );
  }
}

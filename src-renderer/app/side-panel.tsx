import { useLayout } from '../state/layout.ts';
import { selectActiveTab, toFollowKey, useTabs } from '../state/tabs.ts';
import { PanelSlot } from './panel-slot.tsx';

/** The chosen place, left of the editor area. With a run in front, its frames stand below the list of runs. */
export function SidePanel() {
  const side = useLayout((layout) => layout.side);
  const runKey = toFollowKey(useTabs(selectActiveTab));
  switch (side) {
    case 'explorer':
      return <PanelSlot id="explorer" />;
    case 'approvals':
      return <PanelSlot id="approvals" />;
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

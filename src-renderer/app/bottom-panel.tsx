import { PanelBottomClose } from 'lucide-react';
import { useFollowedRuns } from '../state/followed-runs.ts';
import { type BottomTab, useLayout } from '../state/layout.ts';
import { useProblemCounts } from '../state/problem-counts.ts';
import { selectActiveTab, type Tab, toFollowKey, toTabId, useTabs } from '../state/tabs.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { Splitter } from '../ui/splitter.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { keysOf, runCommand } from './commands.ts';
import { PanelSlot } from './panel-slot.tsx';
import { findPanel } from './panels.ts';
import { toPerspective } from './perspective.ts';

/** What belongs to the tab in front, below it: problems and plan of a workflow; events, output and console of a run. */
export function BottomPanel({ height }: { readonly height: number }) {
  const tab = useTabs(selectActiveTab);
  const chosen = useLayout((layout) => layout.bottomTabs);
  const perspective = toPerspective(tab);
  const runKey = toFollowKey(tab);
  const events = useFollowedRuns((store) => (runKey === null ? undefined : store.byKey[runKey]?.events.length));
  const problems = useProblemCounts((store) => (tab?.type === 'workflow' ? store.byPath[tab.path] : undefined));
  const tabs = listTabs(tab, { events, problems });
  const first = tabs[0];
  if (tab === null || perspective === null || first === undefined) return null;
  const value = tabs.some((candidate) => candidate.value === chosen[perspective]) ? chosen[perspective] : first.value;
  return (
    <>
      <Splitter
        label="Height of the bottom panel"
        orientation="horizontal"
        sizes="after"
        size={height}
        min={96}
        max={640}
        onResize={(next) => useLayout.setState({ bottomHeight: next })}
        onReset={() => useLayout.setState({ bottomHeight: 216 })}
      />
      <section aria-label="Bottom panel" style={{ height }} className="min-h-0 shrink-0">
        <Tabs
          label="Bottom panel tabs"
          value={value}
          tabs={tabs}
          onChange={(next) => useLayout.setState({ bottomTabs: { ...chosen, [perspective]: next } })}
          actions={
            <IconButton
              size="small"
              label="Hide this panel"
              keys={keysOf('view.toggleBottom')}
              icon={<PanelBottomClose size={14} />}
              onClick={() => runCommand('view.toggleBottom')}
            />
          }
        >
          <Content tab={tab} value={value} />
        </Tabs>
      </section>
    </>
  );
}

const runTabs: readonly { readonly value: BottomTab; readonly label: string }[] = [
  { value: 'events', label: 'Events' },
  { value: 'context', label: 'Context' },
  { value: 'flame', label: 'Flame graph' },
  { value: 'output', label: 'Output' },
  { value: 'console', label: 'Console' },
];

function listTabs(tab: Tab | null, counts: { readonly events: number | undefined; readonly problems: number | undefined }) {
  switch (tab?.type) {
    case 'workflow':
      return [
        ...(findPanel('problems') ? [{ value: 'problems' as const, label: 'Problems', count: counts.problems }] : []),
        ...(findPanel('plan') ? [{ value: 'plan' as const, label: 'Plan' }] : []),
        ...(findPanel('history') ? [{ value: 'history' as const, label: 'History' }] : []),
      ];
    case 'run':
    case 'recorded':
      return runTabs.map((entry) => (entry.value === 'events' ? { ...entry, count: counts.events } : entry));
    default:
      return [];
  }
}

function Content({ tab, value }: { readonly tab: Tab; readonly value: BottomTab }) {
  const runKey = toFollowKey(tab);
  if (tab.type === 'workflow') {
    if (value === 'problems') return <PanelSlot id="problems" path={tab.path} tabId={toTabId(tab)} />;
    if (value === 'plan') return <PanelSlot id="plan" path={tab.path} tabId={toTabId(tab)} />;
    if (value === 'history') return <PanelSlot key={tab.path} id="history" path={tab.path} />;
  }
  if (runKey === null) return null;
  switch (value) {
    case 'events':
      return <PanelSlot key={runKey} id="run-events" runKey={runKey} />;
    case 'context':
      return <PanelSlot key={runKey} id="run-context" runKey={runKey} />;
    case 'flame':
      return <PanelSlot key={runKey} id="run-flame" runKey={runKey} />;
    case 'output':
      return <PanelSlot key={runKey} id="run-output" runKey={runKey} />;
    case 'console':
      return <PanelSlot key={runKey} id="run-console" runKey={runKey} />;
    default:
      return null;
  }
}

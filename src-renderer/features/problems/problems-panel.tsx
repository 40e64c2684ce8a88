import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Problem } from '#shared/workflow/problem.ts';
import { focusField, focusHook, revealNode } from '../../state/canvas-view.ts';
import { useInsights } from '../../state/insights.ts';
import { useLayout } from '../../state/layout.ts';
import { setSelectedNodes } from '../../state/selection.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { sortProblems } from './sort-problems.ts';

/** Everything that is wrong with a workflow. A click or Enter goes to the field, the arrows only to the node. */
export function ProblemsPanel({ path, tabId }: { readonly path: string; readonly tabId: string }) {
  const insights = useInsights((store) => store.byPath[path]);
  const problems = useMemo(() => sortProblems(insights?.problems ?? []), [insights?.problems]);
  const names = useMemo(() => new Map(insights?.document.nodes.map((node) => [node.id, node.name || node.id])), [insights?.document]);
  const [selected, setSelected] = useState(-1);
  if (insights === undefined) {
    return (
      <div className="px-4 py-3">
        <Spinner label="Checking the workflow" />
      </div>
    );
  }
  if (problems.length === 0) {
    return (
      <EmptyState
        isCompact
        icon={<CircleCheck size={18} className="text-succeeded" />}
        title="No problems"
        text={insights.document.nodes.length === 0 ? 'Nothing is wrong with an empty canvas.' : 'This workflow can run.'}
      />
    );
  }
  return (
    <VirtualList
      label="Problems"
      className="@container"
      items={problems}
      rowHeight={28}
      toKey={(problem) => `${problem.code} ${problem.node} ${problem.port} ${problem.path?.join('.') ?? ''} ${problem.message}`}
      selectedIndex={selected}
      onSelect={(problem, index) => {
        setSelected(index);
        showNode(path, tabId, problem);
      }}
      onOpen={(problem) => showField(path, tabId, problem)}
    >
      {(problem, _index, isSelected) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: Enter does the same, by the list.
        // biome-ignore lint/a11y/noStaticElementInteractions: the row around it is the option.
        <div
          className={`flex h-full items-center gap-2 px-4 text-12 hover:bg-surface-2 ${isSelected ? 'bg-surface-3' : ''}`}
          title={problem.message}
          onClick={() => showField(path, tabId, problem)}
        >
          {problem.severity === 'error' ? (
            <CircleAlert size={14} className="shrink-0 text-failed" aria-label="Error" />
          ) : (
            <TriangleAlert size={14} className="shrink-0 text-waiting" aria-label="Warning" />
          )}
          <span className="w-20 shrink-0 truncate text-ink-2 @xl:w-36">
            {problem.node === null ? (problem.path?.[0] === 'hooks' ? 'Hooks' : 'Workflow') : (names.get(problem.node) ?? problem.node)}
          </span>
          <span className="min-w-0 flex-1 truncate">{problem.message}</span>
          <code className="hidden shrink-0 font-mono text-11 text-ink-2 @xl:block">{problem.code}</code>
        </div>
      )}
    </VirtualList>
  );
}

function showNode(path: string, tabId: string, { node }: Problem): void {
  if (node === null) return;
  setSelectedNodes(tabId, [node]);
  revealNode(path, node);
}

function showField(path: string, tabId: string, { node, path: place }: Problem): void {
  const [area, index, hookField] = place ?? [];
  if (area === 'hooks' && typeof index === 'number') {
    setSelectedNodes(tabId, []);
    useLayout.setState({ isInspectorOpen: true });
    focusHook(path, index, String(hookField ?? 'id'));
    return;
  }
  const field = place?.[0];
  if (node === null || field === undefined) return;
  useLayout.setState({ isInspectorOpen: true });
  focusField(path, node, String(field));
}

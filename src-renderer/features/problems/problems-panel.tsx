import { CircleAlert, CircleCheck, TriangleAlert, Wrench } from 'lucide-react';
import { useMemo } from 'react';
import type { Problem } from '#shared/workflow/problem.ts';
import { notifyError } from '../../app/notify.ts';
import { focusField, focusHook, revealNode } from '../../state/canvas-view.ts';
import { applyFix, useFixes } from '../../state/fixes.ts';
import { useInsights } from '../../state/insights.ts';
import { useLayout } from '../../state/layout.ts';
import { setSelectedNodes } from '../../state/selection.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { toProblemKey, useChosenProblem } from './chosen-problem.ts';
import { FixBar } from './fix-bar.tsx';
import { sortProblems } from './sort-problems.ts';

/** Everything that is wrong with a workflow, and what can be done about it. A click or Enter goes to the field, the arrows only to the node. */
export function ProblemsPanel({ path, tabId }: { readonly path: string; readonly tabId: string }) {
  const insights = useInsights((store) => store.byPath[path]);
  const problems = useMemo(() => sortProblems(insights?.problems ?? []), [insights?.problems]);
  const names = useMemo(() => new Map(insights?.document.nodes.map((node) => [node.id, node.name || node.id])), [insights?.document]);
  const chosen = useChosenProblem((store) => (store.path === path ? store.problem : null));
  const selected = chosen === null ? -1 : problems.findIndex((problem) => toProblemKey(problem) === toProblemKey(chosen));
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
  const chosenNow = problems[selected] ?? null;
  return (
    <div className="flex h-full flex-col">
      <div className="min-h-0 flex-1">
        <VirtualList
          label="Problems"
          className="@container"
          items={problems}
          rowHeight={28}
          toKey={toProblemKey}
          selectedIndex={selected}
          onSelect={(problem) => {
            useChosenProblem.setState({ path, problem });
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
              <QuickFix path={path} problem={problem} />
              <code className="hidden shrink-0 font-mono text-11 text-ink-2 @xl:block">{problem.code}</code>
            </div>
          )}
        </VirtualList>
      </div>
      {chosenNow !== null && (
        <FixBar path={path} problem={chosenNow} others={problems.filter(({ code }) => code === chosenNow.code).length - 1} />
      )}
    </div>
  );
}

/** The best way out by one click in the row. Rows are options and may hold no buttons: by keyboard, the bar below the list does the same. */
function QuickFix({ path, problem }: { readonly path: string; readonly problem: Problem }) {
  const [best] = useFixes(path, problem);
  if (best === undefined) return null;
  return (
    <span
      aria-hidden
      data-testid="quick-fix"
      title={best.title}
      className="flex max-w-64 shrink-0 items-center gap-1 rounded-md border border-line-strong bg-surface-2 px-1.5 text-11 text-ink-2 hover:bg-surface-3 hover:text-ink-1"
      onClick={(event) => {
        event.stopPropagation();
        applyFix(path, best).catch(notifyError);
      }}
    >
      <Wrench size={11} className="shrink-0" />
      <span className="hidden truncate @xl:block">{best.title}</span>
    </span>
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

import { CircleCheck } from 'lucide-react';
import { runCommand } from '../../app/commands.ts';
import { PanelSlot } from '../../app/panel-slot.tsx';
import { endEditGroup } from '../../state/documents.ts';
import { useInsights } from '../../state/insights.ts';
import type { OpenDocument } from '../../state/open-document.ts';
import { Button } from '../../ui/button.tsx';
import { formatCount, formatDuration } from '../../ui/format.ts';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { tryEdit } from './use-node-edit.ts';

/** The workflow as a whole, while nothing in it is selected. */
export function WorkflowInspector({ open, isReadOnly }: { readonly open: OpenDocument; readonly isReadOnly: boolean }) {
  const { path, document } = open;
  const insights = useInsights((store) => store.byPath[path]);
  const errors = insights?.problems.filter((problem) => problem.severity === 'error').length ?? 0;
  const warnings = (insights?.problems.length ?? 0) - errors;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears that a field inside it was left.
    <div className="flex flex-col gap-3 px-3.5 py-3" onBlur={() => endEditGroup(path)}>
      <h2 className="text-15 font-semibold">Workflow</h2>
      <TextField
        label="Name"
        readOnly={isReadOnly}
        value={document.name}
        help={path}
        onChange={(event) => {
          // A workflow always has a name; an emptied field waits for the next letter.
          if (event.target.value !== '')
            tryEdit(path, { type: 'changeDetails', name: event.target.value }, 'Rename workflow', 'workflow name');
        }}
      />
      <TextArea
        label="Description"
        style={{ minHeight: 68 }}
        readOnly={isReadOnly}
        placeholder="What it is for"
        value={document.description ?? ''}
        onChange={(event) =>
          tryEdit(path, { type: 'changeDetails', description: event.target.value || null }, 'Describe workflow', 'workflow description')
        }
      />
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-12">
        <dt className="text-ink-2">Nodes</dt>
        <dd className="tabular">{document.nodes.length.toLocaleString()}</dd>
        <dt className="text-ink-2">Edges</dt>
        <dd className="tabular">{document.edges.length.toLocaleString()}</dd>
        <dt className="text-ink-2">Longest way</dt>
        <dd className="tabular">
          {insights === undefined || insights.plan.criticalPath.basis === 'estimated'
            ? '–'
            : `about ${formatDuration(insights.plan.criticalPath.totalMs)}`}
        </dd>
      </dl>
      {insights !== undefined && (
        <div className="flex items-center gap-2 rounded-lg border border-line bg-surface-2 px-3 py-2 text-12">
          {errors + warnings === 0 ? (
            <>
              <CircleCheck size={14} className="text-succeeded" aria-hidden />
              No problems found.
            </>
          ) : (
            <>
              <span className="flex-1">
                {errors > 0 && <span className="text-failed">{formatCount(errors, 'error')}</span>}
                {errors > 0 && warnings > 0 && ', '}
                {warnings > 0 && <span className="text-waiting">{formatCount(warnings, 'warning')}</span>}
              </span>
              <Button size="small" onClick={() => runCommand('view.problems')}>
                Show problems
              </Button>
            </>
          )}
        </div>
      )}
      <PanelSlot id="workflow-hooks" path={path} isReadOnly={isReadOnly} />
    </div>
  );
}

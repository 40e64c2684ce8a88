import { FilePlus2, SquareArrowOutUpRight } from 'lucide-react';
import { useState } from 'react';
import { notifyError } from '../../app/notify.ts';
import { useIsOnline } from '../../state/connection.ts';
import { sortByName, useLibrary } from '../../state/library.ts';
import { openTab } from '../../state/tabs.ts';
import { useWorkflowAt } from '../../state/workflow-at.ts';
import { Button } from '../../ui/button.tsx';
import type { FieldProps } from './field-props.ts';
import { createWorkflowFor } from './new-workflow.ts';
import { SuggestField } from './suggest-field.tsx';

/** A workflow file of the workspace: chosen, opened, or made. */
export function WorkflowField({ label, help, value, problem, node, path: owner, isReadOnly, onChange }: FieldProps) {
  const files = useLibrary((store) => store.workflows) ?? [];
  const isOnline = useIsOnline();
  const [isCreating, setIsCreating] = useState(false);
  const path = typeof value === 'string' ? value : '';
  const { isMissing, error } = useWorkflowAt(path);

  const create = async () => {
    setIsCreating(true);
    try {
      const created = await createWorkflowFor(node);
      onChange(created);
      openTab({ type: 'workflow', path: created });
    } catch (thrown) {
      notifyError(thrown);
    } finally {
      setIsCreating(false);
    }
  };
  return (
    <div className="flex flex-col gap-2">
      <SuggestField
        label={label}
        help={help}
        problem={isMissing ? `There is no file ${path} in this workspace. Choose another, or bring it back.` : (error?.message ?? problem)}
        placeholder="Choose a workflow"
        value={path}
        suggestions={sortByName(files)
          .filter((file) => file.path !== owner)
          .map((file) => ({ value: file.path, detail: file.problem === null ? file.name : `${file.name}, cannot be read` }))}
        emptyText="There is no other workflow yet. Make one below."
        isReadOnly={isReadOnly}
        onChange={onChange}
      />
      <div className="flex flex-wrap gap-2">
        <Button
          size="small"
          icon={<SquareArrowOutUpRight size={12} />}
          disabled={path === '' || isMissing}
          onClick={() => openTab({ type: 'workflow', path })}
        >
          Open
        </Button>
        {!isReadOnly && (
          <Button size="small" icon={<FilePlus2 size={12} />} isBusy={isCreating} disabled={!isOnline} onClick={() => void create()}>
            New workflow
          </Button>
        )}
      </div>
    </div>
  );
}

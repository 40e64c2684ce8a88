import { Lock } from 'lucide-react';
import type { WorkflowNode } from '#shared/workflow/document.ts';
import { Button } from '../../ui/button.tsx';
import { tryEdit } from './use-node-edit.ts';

/** Above the fields of a locked node: why they cannot be changed, and the way out. */
export function LockedNote({
  path,
  node,
  isReadOnly,
}: {
  readonly path: string;
  readonly node: WorkflowNode;
  readonly isReadOnly: boolean;
}) {
  return (
    <div className="flex items-center gap-2 border-b border-line bg-surface-2 px-3.5 py-2 text-12">
      <Lock size={14} aria-hidden className="shrink-0 text-ink-2" />
      <span className="flex-1">Locked: it cannot be moved, changed or deleted.</span>
      {!isReadOnly && (
        <Button
          size="small"
          onClick={() => tryEdit(path, { type: 'setLocked', node: node.id, locked: null }, `Unlock ${node.name || node.id}`)}
        >
          Unlock
        </Button>
      )}
    </div>
  );
}

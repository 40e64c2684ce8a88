import { CircleSlash, Trash2 } from 'lucide-react';
import type { WorkflowNode } from '#shared/workflow/document.ts';
import { runCommand } from '../../app/commands.ts';
import { setSelectedNodes } from '../../state/selection.ts';
import { Button } from '../../ui/button.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { tryEdit } from './use-node-edit.ts';

export interface SelectionInspectorProps {
  readonly path: string;
  readonly tabId: string;
  readonly nodes: readonly WorkflowNode[];
  readonly isReadOnly: boolean;
}

/** Several nodes at once: which they are, and what can be done with all of them. */
export function SelectionInspector({ path, tabId, nodes, isReadOnly }: SelectionInspectorProps) {
  const areOff = nodes.every((node) => node.disabled === true);
  const words = `${nodes.length.toLocaleString()} nodes`;
  return (
    <div className="flex flex-col gap-3 px-3.5 py-3">
      <h2 className="text-15 font-semibold">{words}</h2>
      {!isReadOnly && (
        <div className="flex flex-wrap gap-2">
          <Button
            size="small"
            icon={<CircleSlash size={13} />}
            onClick={() => {
              const edits = nodes.map((node) => ({ type: 'setDisabled' as const, node: node.id, disabled: areOff ? null : true }));
              tryEdit(path, { type: 'batch', edits }, `${areOff ? 'Enable' : 'Disable'} ${words}`);
            }}
          >
            {areOff ? 'Enable' : 'Disable'}
          </Button>
          <Button
            size="small"
            tone="danger"
            icon={<Trash2 size={13} />}
            onClick={() => {
              if (tryEdit(path, { type: 'removeNodes', nodes: nodes.map((node) => node.id) }, `Delete ${words}`))
                setSelectedNodes(tabId, []);
            }}
          >
            Delete
          </Button>
          <Button size="small" onClick={() => runCommand('canvas.fitSelection')}>
            Show them
          </Button>
        </div>
      )}
      <ul className="flex flex-col">
        {nodes.slice(0, 100).map((node) => (
          <li key={node.id}>
            <button
              type="button"
              className="flex h-7 w-full items-center gap-2 rounded-md px-1 text-left text-13 hover:bg-surface-2"
              onClick={() => setSelectedNodes(tabId, [node.id])}
            >
              <KindIcon kind={node.kind} size="small" />
              <span className="min-w-0 flex-1 truncate">{node.name || node.id}</span>
              {node.disabled && <span className="text-12 text-ink-3">disabled</span>}
            </button>
          </li>
        ))}
      </ul>
      {nodes.length > 100 && <p className="text-12 text-ink-3">and {(nodes.length - 100).toLocaleString()} more</p>}
    </div>
  );
}

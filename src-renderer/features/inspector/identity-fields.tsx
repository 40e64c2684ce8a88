import { useEffect, useState } from 'react';
import { nodeIdPattern, type WorkflowNode } from '#shared/workflow/document.ts';
import { findDocument } from '../../state/documents.ts';
import { setSelectedNodes } from '../../state/selection.ts';
import { TextField } from '../../ui/text-field.tsx';
import type { NodeEdit } from './use-node-edit.ts';

export interface IdentityFieldsProps {
  readonly path: string;
  readonly tabId: string;
  readonly node: WorkflowNode;
  readonly edit: NodeEdit;
  readonly isReadOnly: boolean;
}

/** What a node is called on screen, and in expressions. */
export function IdentityFields({ path, tabId, node, edit, isReadOnly }: IdentityFieldsProps) {
  return (
    <div className="grid grid-cols-2 gap-3">
      <TextField
        label="Name"
        readOnly={isReadOnly}
        value={node.name}
        onChange={(event) =>
          edit.edit({ type: 'renameNode', node: node.id, name: event.target.value }, `Rename ${node.name || node.id}`, `${node.id} name`)
        }
      />
      <IdField path={path} tabId={tabId} node={node} edit={edit} isReadOnly={isReadOnly} />
    </div>
  );
}

/** The id changes when the field is left, and every expression and edge follows. */
function IdField({ path, tabId, node, edit, isReadOnly }: IdentityFieldsProps) {
  const [text, setText] = useState(node.id);
  useEffect(() => setText(node.id), [node.id]);
  const problem = text === node.id ? null : findIdProblem(path, text);
  const commit = () => {
    if (text === node.id) return;
    if (
      problem !== null ||
      !edit.edit({ type: 'changeNodeId', node: node.id, newId: text }, `Call ${node.name || node.id} “${text}” in expressions`)
    ) {
      setText(node.id);
      return;
    }
    setSelectedNodes(tabId, [text]);
  };
  return (
    <TextField
      label="In expressions"
      isMono
      readOnly={isReadOnly}
      value={text}
      problem={problem}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape') setText(node.id);
      }}
    />
  );
}

function findIdProblem(path: string, id: string): string | null {
  if (!nodeIdPattern.test(id)) return 'A letter first; then letters, digits and _.';
  return findDocument(path)?.document.nodes.some((node) => node.id === id) ? 'Another node is called so.' : null;
}

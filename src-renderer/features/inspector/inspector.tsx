import { useMemo } from 'react';
import { useConnection } from '../../state/connection.ts';
import { useDocuments } from '../../state/documents.ts';
import { selectNodes, useSelection } from '../../state/selection.ts';
import { LockedNote } from './locked-note.tsx';
import { NodeInspector } from './node-inspector.tsx';
import { SelectionInspector } from './selection-inspector.tsx';
import { WorkflowInspector } from './workflow-inspector.tsx';

/** Beside a workflow: the selected node, several of them, or the workflow itself. */
export function Inspector({ path, tabId }: { readonly path: string; readonly tabId: string }) {
  const open = useDocuments((store) => store.byPath[path]);
  const selected = useSelection((store) => selectNodes(store, tabId));
  const isReadOnly = useConnection((store) => store.host?.isReadOnly ?? false);
  const nodes = useMemo(() => {
    const ids = new Set(selected);
    return open?.document.nodes.filter((node) => ids.has(node.id)) ?? [];
  }, [open?.document, selected]);
  if (open === undefined) return null;
  const [only] = nodes;
  return (
    <div className="h-full overflow-y-auto">
      {only === undefined ? (
        <WorkflowInspector open={open} isReadOnly={isReadOnly} />
      ) : nodes.length === 1 ? (
        <>
          {only.locked === true && <LockedNote path={path} node={only} isReadOnly={isReadOnly} />}
          <NodeInspector
            key={only.id}
            path={path}
            tabId={tabId}
            document={open.document}
            node={only}
            isReadOnly={isReadOnly || only.locked === true}
          />
        </>
      ) : (
        <SelectionInspector path={path} tabId={tabId} nodes={nodes} isReadOnly={isReadOnly} />
      )}
    </div>
  );
}

import { useEffect } from 'react';
import { ErrorNote } from '../../app/error-note.tsx';
import { PanelSlot } from '../../app/panel-slot.tsx';
import { useComparison } from '../../state/comparison.ts';
import { useConnection, useIsOnline } from '../../state/connection.ts';
import { openDocument, useDocuments } from '../../state/documents.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { DocumentBanners } from './document-banners.tsx';
import { EditorCanvas } from './editor-canvas.tsx';

/** The tab of a workflow: its canvas, below what has to be decided about its file. */
export function WorkflowEditor({ path, tabId }: { readonly path: string; readonly tabId: string }) {
  const open = useDocuments((store) => store.byPath[path]);
  const failure = useDocuments((store) => store.failures[path]);
  const isReadOnly = useConnection((store) => store.host?.isReadOnly ?? false);
  const isComparing = useComparison((store) => store.byPath[path] !== undefined);
  const isOnline = useIsOnline();
  useEffect(() => {
    if (isOnline) void openDocument(path);
  }, [path, isOnline]);

  if (open !== undefined) {
    return (
      <div className="flex h-full flex-col">
        <DocumentBanners open={open} />
        <div className="min-h-0 flex-1">
          {isComparing ? (
            <PanelSlot id="comparison" path={path} />
          ) : (
            <div className="flex h-full">
              <div className="min-w-0 flex-1">
                <EditorCanvas target={{ path, tabId }} open={open} isReadOnly={isReadOnly} />
              </div>
              <PanelSlot id="workflow-code" path={path} tabId={tabId} />
            </div>
          )}
        </div>
      </div>
    );
  }
  if (!isOnline) return <EmptyState title="Not connected" text="The workflow opens as soon as the host is back." />;
  if (failure !== undefined) {
    return (
      <div className="p-6">
        <ErrorNote error={failure} onRetry={() => void openDocument(path)} />
      </div>
    );
  }
  return (
    <div className="flex h-full items-center justify-center">
      <Spinner label="Opening the workflow" />
    </div>
  );
}

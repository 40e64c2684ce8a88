import { PanelSlot } from '../../app/panel-slot.tsx';
import type { OpenDocument } from '../../state/open-document.ts';
import { Breadcrumbs } from './breadcrumbs.tsx';
import { CanvasDialogs } from './canvas-dialogs.tsx';
import { CanvasMenuView } from './canvas-menu.tsx';
import { ConnectSearch } from './connect-search.tsx';
import type { EditorTarget } from './editor-actions.ts';
import { QuickAddPopover } from './quick-add.tsx';
import { RefusedConnectionNote } from './refused-connection.tsx';

export interface EditorOverlaysProps {
  readonly target: EditorTarget;
  readonly open: OpenDocument;
  readonly canvas: HTMLElement | null;
  readonly isReadOnly: boolean;
}

/** Everything that floats over the canvas of a workflow until it is answered or closed. */
export function EditorOverlays({ target, open, canvas, isReadOnly }: EditorOverlaysProps) {
  return (
    <>
      <Breadcrumbs path={target.path} name={open.document.name} />
      <QuickAddPopover target={target} canvas={canvas} />
      <ConnectSearch target={target} document={open.document} canvas={canvas} />
      <RefusedConnectionNote target={target} canvas={canvas} />
      <CanvasDialogs target={target} document={open.document} />
      <CanvasMenuView tabId={target.tabId} />
      <PanelSlot id="find-replace" path={target.path} tabId={target.tabId} document={open.document} isReadOnly={isReadOnly} />
    </>
  );
}

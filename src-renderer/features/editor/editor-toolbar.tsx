import { Braces, CloudOff, LayoutGrid, Plus, Redo2, Search, Undo2 } from 'lucide-react';
import { keysOf, runCommand } from '../../app/commands.ts';
import { useIsOnline } from '../../state/connection.ts';
import { isDirty, type OpenDocument } from '../../state/open-document.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import type { EditorTarget } from './editor-actions.ts';

export interface EditorToolbarProps {
  readonly target: EditorTarget;
  readonly open: OpenDocument;
  readonly isReadOnly: boolean;
}

/** What is done most, in the upper right corner, beside whether it is saved. */
export function EditorToolbar({ open, isReadOnly }: EditorToolbarProps) {
  const undo = open.undo.at(-1);
  const redo = open.redo.at(-1);
  return (
    <div className="absolute top-3 right-3 z-10 flex items-center gap-2">
      <SaveState open={open} isReadOnly={isReadOnly} />
      <div role="toolbar" aria-label="Canvas" className="flex items-center rounded-lg border border-line bg-surface-1 p-0.5 shadow-card">
        {!isReadOnly && (
          <>
            <Tool label="Add a node" command="node.add" icon={<Plus size={15} />} />
            <Tool
              label={undo === undefined ? 'Undo' : `Undo: ${undo.label}`}
              command="edit.undo"
              icon={<Undo2 size={15} />}
              isDisabled={undo === undefined}
            />
            <Tool
              label={redo === undefined ? 'Redo' : `Redo: ${redo.label}`}
              command="edit.redo"
              icon={<Redo2 size={15} />}
              isDisabled={redo === undefined}
            />
            <Tool
              label="Arrange all nodes"
              command="canvas.arrange"
              icon={<LayoutGrid size={15} />}
              isDisabled={open.document.nodes.length < 2}
            />
          </>
        )}
        <Tool label="Code beside the canvas" command="view.code" icon={<Braces size={15} />} />
        <Tool label="Find" command="find.open" icon={<Search size={15} />} isDisabled={open.document.nodes.length === 0} />
      </div>
    </div>
  );
}

interface ToolProps {
  readonly label: string;
  readonly command: string;
  readonly icon: React.ReactNode;
  readonly isDisabled?: boolean;
}

function Tool({ label, command, icon, isDisabled = false }: ToolProps) {
  return (
    <IconButton size="small" label={label} keys={keysOf(command)} icon={icon} disabled={isDisabled} onClick={() => runCommand(command)} />
  );
}

/** Silent while all is well: a word only when edits are not on disk. */
function SaveState({ open, isReadOnly }: { readonly open: OpenDocument; readonly isReadOnly: boolean }) {
  const isOnline = useIsOnline();
  const text = isReadOnly
    ? 'Read-only'
    : !isDirty(open)
      ? null
      : !isOnline
        ? 'Not saved, waiting for the host'
        : open.trouble !== null
          ? 'Not saved'
          : null;
  return (
    <span role="status" className="flex items-center gap-1.5 text-12 text-ink-2">
      {text !== null && !isReadOnly && <CloudOff size={14} aria-hidden className="text-waiting" />}
      {text}
    </span>
  );
}

import { registerCommands } from '../../app/commands.ts';
import { registerPanel } from '../../app/panels.ts';
import { watchPointer } from './canvas-pointer.ts';
import { editorCommands } from './editor-commands.ts';
import { NodePalette } from './node-palette.tsx';
import { RunCanvas } from './run-canvas.tsx';
import { WorkflowEditor } from './workflow-editor.tsx';

/** The canvas: to edit a workflow, and to watch a run of it. */
export function register(): void {
  registerPanel('workflow-editor', WorkflowEditor);
  registerPanel('run-canvas', RunCanvas);
  registerPanel('node-palette', NodePalette);
  registerCommands(editorCommands);
  watchPointer();
}

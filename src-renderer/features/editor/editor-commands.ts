import { nodeKindNames, nodeKinds } from '#shared/nodes/registry.ts';
import { toAddress } from '#shared/run/frame.ts';
import { findGraph } from '#shared/run/node-states.ts';
import { toReference } from '#shared/workflow/reference.ts';
import { type Command, canRun, runCommand } from '../../app/commands.ts';
import { isUntouched } from '../../app/touched-field.ts';
import { gridSize } from '../../canvas/card-geometry.ts';
import { findDocument, redoEdit, saveDocument, undoEdit } from '../../state/documents.ts';
import { useFollowedRuns } from '../../state/followed-runs.ts';
import { toKnownScope } from '../../state/scope-words.ts';
import { selectNodes, selectScope, setSelectedRunNode, useSelection } from '../../state/selection.ts';
import { selectActiveTab, toFollowKey, useTabs } from '../../state/tabs.ts';
import { bringIntoView, findActiveCanvas, fitAll, fitNodes } from './canvas-handles.ts';
import { setSelectedEdges } from './canvas-ui.ts';
import { canEdit, canEditSelection, findTarget, hasCanvas, hasSelection, hasTarget, isWritable, withTarget } from './command-target.ts';
import {
  addNode,
  arrange,
  copySelected,
  deleteSelected,
  duplicateSelected,
  type EditorTarget,
  listSelected,
  moveNodes,
  paste,
  select,
  toDocument,
  toggleDisabled,
  toViewCentre,
} from './editor-actions.ts';
import { type Direction, firstNode, walkFrom } from './graph-walk.ts';
import { openNode } from './open-node.ts';
import { openQuickAdd, openQuickAddAfter } from './open-quick-add.ts';
import { structureCommands } from './structure-commands.ts';
import { openInside } from './trail.ts';

const editing: readonly Command[] = [
  { id: 'node.add', title: 'Add a node', group: 'Workflow', keys: 'Space', when: canEdit, run: withTarget(openQuickAdd) },
  {
    id: 'node.addAfter',
    title: 'Add a node after the selected one',
    group: 'Workflow',
    keys: 'N',
    when: canEdit,
    run: withTarget(openQuickAddAfter),
  },
  {
    id: 'node.edit',
    title: 'Edit the selected node, or look inside it',
    group: 'Workflow',
    keys: 'Enter',
    when: () => hasSelection() || (hasCanvas() && canRun('run.enterNode')),
    run: () => (hasSelection() ? editSelected() : runCommand('run.enterNode')),
  },
  {
    id: 'node.openWorkflow',
    title: 'Open the workflow that the selected node runs',
    group: 'Workflow',
    keys: 'Mod+Enter',
    when: () => selectedReference() !== '',
    run: withTarget((target) => {
      const node = toDocument(target).nodes.find(({ id }) => id === listSelected(target)[0]);
      if (node !== undefined) openInside(target.path, node);
    }),
  },
  {
    id: 'edit.delete',
    title: 'Delete what is selected',
    group: 'Workflow',
    keys: 'Delete',
    when: canEdit,
    run: withTarget(deleteSelected),
  },
  {
    id: 'edit.duplicate',
    title: 'Duplicate the selected nodes',
    group: 'Workflow',
    keys: 'Mod+D',
    when: canEditSelection,
    run: withTarget(duplicateSelected),
  },
  {
    id: 'edit.copy',
    title: 'Copy the selected nodes as text',
    group: 'Workflow',
    keys: 'Mod+C',
    when: hasSelection,
    run: withTarget(async (target) => {
      const text = copySelected(target);
      if (text !== null) await navigator.clipboard.writeText(text);
    }),
  },
  {
    id: 'edit.cut',
    title: 'Cut the selected nodes',
    group: 'Workflow',
    keys: 'Mod+X',
    when: canEditSelection,
    run: withTarget(async (target) => {
      const text = copySelected(target);
      if (text === null) return;
      await navigator.clipboard.writeText(text);
      deleteSelected(target);
    }),
  },
  {
    id: 'edit.paste',
    title: 'Paste nodes',
    group: 'Workflow',
    keys: 'Mod+V',
    when: canEdit,
    run: withTarget(async (target) => paste(target, await navigator.clipboard.readText())),
  },
  {
    id: 'edit.selectAll',
    title: 'Select all nodes',
    group: 'Workflow',
    keys: 'Mod+A',
    when: hasTarget,
    run: withTarget((target) =>
      select(
        target,
        toDocument(target).nodes.map((node) => node.id),
      ),
    ),
  },
  { id: 'edit.undo', title: 'Undo', group: 'Workflow', keys: 'Mod+Z', when: () => canUndo('undo'), run: withWorkflow(undoEdit) },
  { id: 'edit.redo', title: 'Redo', group: 'Workflow', keys: 'Mod+Shift+Z', when: () => canUndo('redo'), run: withWorkflow(redoEdit) },
  {
    id: 'workflow.save',
    title: 'Save now',
    group: 'Workflow',
    keys: 'Mod+S',
    when: () => findWorkflow() !== null,
    run: withWorkflow(saveDocument),
  },
  {
    id: 'node.toggleDisabled',
    title: 'Disable or enable the selected nodes',
    group: 'Workflow',
    keys: 'Shift+D',
    when: canEditSelection,
    run: withTarget(toggleDisabled),
  },
  {
    id: 'canvas.arrange',
    title: 'Arrange all nodes',
    group: 'Workflow',
    keys: 'Shift+L',
    when: canEdit,
    run: withTarget((target) => arrange(target)),
  },
  {
    id: 'canvas.arrangeSelection',
    title: 'Arrange the selected nodes',
    group: 'Workflow',
    keys: 'Alt+Shift+L',
    when: canEditSelection,
    run: withTarget((target) => arrange(target, 'selection')),
  },
];

const walkWords: Readonly<Record<Direction, string>> = {
  left: 'Go back along an edge',
  right: 'Go on along an edge',
  up: 'Go to the node above',
  down: 'Go to the node below',
};

const viewing: readonly Command[] = [
  { id: 'canvas.fit', title: 'Fit the canvas', group: 'View', keys: '1', when: hasCanvas, run: () => withCanvas(fitAll) },
  {
    id: 'canvas.fitSelection',
    title: 'Zoom to the selection',
    group: 'View',
    keys: '2',
    when: hasCanvas,
    run: () => withCanvas((canvas) => fitNodes(canvas, selectNodes(useSelection.getState(), canvas.tabId))),
  },
  {
    id: 'canvas.clearSelection',
    title: 'Select nothing',
    group: 'View',
    keys: 'Escape',
    when: hasCanvas,
    run: () => withCanvas(({ tabId }) => selectNode(tabId, null)),
  },
  ...(['left', 'right', 'up', 'down'] as const).map(
    (direction): Command => ({
      id: `canvas.go${direction}`,
      title: walkWords[direction],
      group: 'View',
      keys: `Arrow${direction.charAt(0).toUpperCase()}${direction.slice(1)}`,
      when: hasCanvas,
      run: () => walk(direction),
    }),
  ),
  ...(['left', 'right', 'up', 'down'] as const).map(
    (direction): Command => ({
      id: `node.nudge${direction}`,
      title: `Move the selected nodes ${direction}`,
      group: 'Workflow',
      keys: `Shift+Arrow${direction.charAt(0).toUpperCase()}${direction.slice(1)}`,
      when: canEditSelection,
      run: withTarget((target) => nudge(target, direction)),
    }),
  ),
];

/** Every kind by its letter. */
const adding: readonly Command[] = nodeKindNames.map((name): Command => {
  const kind = nodeKinds[name];
  return {
    id: `node.add.${name}`,
    title: `Add ${kind.title.toLowerCase()}`,
    group: 'Workflow',
    keys: kind.shortcut,
    when: canEdit,
    run: withTarget((target) => addNode(target, kind, toViewCentre(target, kind))),
  };
});

/** Everything the canvas can do, by name and by key. */
export const editorCommands: readonly Command[] = [...editing, ...structureCommands, ...viewing, ...adding];

function findWorkflow(): string | null {
  const tab = selectActiveTab(useTabs.getState());
  return tab?.type === 'workflow' && findDocument(tab.path) !== undefined ? tab.path : null;
}

function withWorkflow(act: (path: string) => void | Promise<void>): () => void | Promise<void> {
  return () => {
    const path = findWorkflow();
    return path === null ? undefined : act(path);
  };
}

/** In a field in which something was typed, undo belongs to its text. */
function canUndo(direction: 'undo' | 'redo'): boolean {
  const path = findWorkflow();
  const focused = document.activeElement;
  const isTyping =
    focused !== null && focused.closest('input, textarea, [contenteditable=true]') !== null && focused.closest('[role=dialog]') === null;
  return path !== null && (!isTyping || isUntouched(focused)) && isWritable() && (findDocument(path)?.[direction].length ?? 0) > 0;
}

function withCanvas(act: (canvas: NonNullable<ReturnType<typeof findActiveCanvas>>) => void): void {
  const canvas = findActiveCanvas();
  if (canvas !== null) act(canvas);
}

function walk(direction: Direction): void {
  const canvas = findActiveCanvas();
  const tab = selectActiveTab(useTabs.getState());
  if (canvas === null || tab === null) return;
  const runKey = toFollowKey(tab);
  const head = useFollowedRuns.getState().byKey[runKey ?? '']?.head ?? null;
  const scope = head === null ? '' : toKnownScope(head, selectScope(useSelection.getState(), canvas.tabId));
  const shown = tab.type === 'workflow' ? findDocument(tab.path)?.document : head === null ? undefined : findGraph(head, scope)?.workflow;
  if (shown === undefined) return;
  const selected = selectNodes(useSelection.getState(), canvas.tabId).at(-1);
  const current = selected?.slice(selected.lastIndexOf('/') + 1);
  const isThere = shown.nodes.some((node) => node.id === current);
  const next = isThere ? walkFrom(shown, current as string, direction) : firstNode(shown);
  if (next === null) return;
  selectNode(canvas.tabId, toAddress(scope, next));
  bringIntoView(canvas, next);
}

function selectNode(tabId: string, node: string | null): void {
  setSelectedEdges(tabId, []);
  if (tabId.startsWith('workflow:')) select({ path: '', tabId }, node === null ? [] : [node]);
  else setSelectedRunNode(tabId, node);
}

function editSelected(): void {
  const target = findTarget();
  const [node] = target === null ? [] : listSelected(target);
  if (target !== null && node !== undefined) openNode(target, node);
}

/** The workflow that the only selected node runs; empty when there is none. */
function selectedReference(): string {
  const target = findTarget();
  const [id, ...more] = target === null ? [] : listSelected(target);
  const node = target === null || more.length > 0 ? undefined : toDocument(target).nodes.find((candidate) => candidate.id === id);
  return node === undefined ? '' : toReference(node);
}

function nudge(target: EditorTarget, direction: Direction): void {
  const step = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[direction] as [number, number];
  const selected = new Set(listSelected(target));
  const positions = toDocument(target)
    .nodes.filter((node) => selected.has(node.id))
    .map(({ id, position }) => ({ node: id, position: { x: position.x + step[0] * gridSize, y: position.y + step[1] * gridSize } }));
  moveNodes(target, positions, `nudge ${[...selected].join()}`);
}

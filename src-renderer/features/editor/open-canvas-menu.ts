import { groupColours, type NodeGroup, type Position, toEdgeId } from '#shared/workflow/document.ts';
import { canRun, keysOf, runCommand } from '../../app/commands.ts';
import { findCanvas } from './canvas-handles.ts';
import { setPointer } from './canvas-pointer.ts';
import { type CanvasMenu, type MenuEntry, setSelectedEdges, useCanvasUi } from './canvas-ui.ts';
import { type EditorTarget, listSelected, select, toDocument } from './editor-actions.ts';
import { findGroupOf } from './grouping.ts';
import { colourGroup, findSelectedEdge } from './node-actions.ts';
import { openQuickAddAt } from './open-quick-add.ts';

/** What was pointed at. */
export type MenuSubject =
  | { readonly type: 'node'; readonly id: string }
  | { readonly type: 'edge'; readonly id: string }
  | { readonly type: 'group'; readonly id: string }
  | { readonly type: 'canvas' };

/** Opens the menu of what was pointed at, at a place of the window; what is not selected is selected first. */
export function openMenuOf(target: EditorTarget, subject: MenuSubject, at: Position): void {
  const canvas = findCanvas(target.tabId);
  if (canvas === null) return;
  canvas.element.focus({ preventScroll: true });
  if (subject.type === 'node' && !listSelected(target).includes(subject.id)) select(target, [subject.id]);
  if (subject.type === 'group') select(target, toDocument(target).groups?.find(({ id }) => id === subject.id)?.nodes ?? []);
  if (subject.type === 'edge') {
    select(target, []);
    setSelectedEdges(target.tabId, [subject.id]);
  }
  setPointer(at.x, at.y);
  if (subject.type === 'canvas') show(target, 'Canvas', at, toCanvasSections(target, at));
  else if (subject.type === 'edge') show(target, 'Edge', at, edgeSections());
  else showSelection(target, at);
}

/** Opens the menu of what is selected, beside it; of the canvas when nothing is. */
export function openMenuOfSelection(target: EditorTarget): void {
  const canvas = findCanvas(target.tabId);
  if (canvas === null) return;
  const document = toDocument(target);
  const edge = document.edges.find((candidate) => toEdgeId(candidate) === findSelectedEdge(target));
  const id = listSelected(target)[0] ?? edge?.to.node;
  const node = document.nodes.find((candidate) => candidate.id === id);
  const box = canvas.element.getBoundingClientRect();
  const wanted =
    node === undefined ? { x: box.left + box.width / 2, y: box.top + box.height / 3 } : canvas.flow.flowToScreenPosition(node.position);
  const at = {
    x: Math.min(Math.max(wanted.x + 24, box.left + 8), box.right - 8),
    y: Math.min(Math.max(wanted.y + 24, box.top + 8), box.bottom - 8),
  };
  if (listSelected(target).length > 0) showSelection(target, at);
  else if (edge !== undefined) show(target, 'Edge', at, edgeSections());
  else show(target, 'Canvas', at, toCanvasSections(target, at));
}

function showSelection(target: EditorTarget, at: Position): void {
  const document = toDocument(target);
  const nodes = listSelected(target);
  const group = findGroupOf(document, nodes);
  if (group !== undefined && nodes.length > 1)
    show(target, 'Group', at, [toGroupSection(target, group), ...toSelectionSections(target, true)]);
  else if (nodes.length > 1) show(target, 'Selection', at, toSelectionSections(target));
  else show(target, 'Node', at, toNodeSections(target));
}

function show({ tabId }: EditorTarget, label: string, at: Position, sections: CanvasMenu['sections']): void {
  const filled = sections.filter((entries) => entries.length > 0);
  if (filled.length > 0) useCanvasUi.setState({ menu: { tabId, label, at, sections: filled } });
}

function toNodeSections(target: EditorTarget): CanvasMenu['sections'] {
  return [
    commands(
      ['node.edit', 'Edit'],
      ['node.openWorkflow', 'Open its workflow'],
      ['node.rename', 'Rename'],
      ['node.replaceKind', 'Replace kind'],
    ),
    commands(
      ['part.only', 'Run only this'],
      ['part.to', 'Run up to here'],
      ['part.from', 'Run from here on'],
      ['pin.lastOutput', 'Pin its last output'],
    ),
    commands(['node.addAfter', 'Add a node after it'], ['node.connect', 'Connect to']),
    commands(['edit.cut', 'Cut'], ['edit.copy', 'Copy'], ['edit.duplicate', 'Duplicate']),
    commands(...toSwitches(target), ['group.create', 'Group'], ['group.remove', 'Ungroup']),
    commands(['subflow.extract', 'Extract into a subflow'], ['subflow.inline', 'Inline the subflow']),
    dangerous(commands(['edit.delete', 'Delete'])),
  ];
}

function toSelectionSections(target: EditorTarget, isGroup = false): CanvasMenu['sections'] {
  const align = commands(
    ...(['left', 'centre', 'right', 'top', 'middle', 'bottom'] as const).map((how) => [`selection.align.${how}`, `Align ${how}`] as const),
    ['selection.distribute.horizontally', 'Distribute horizontally'],
    ['selection.distribute.vertically', 'Distribute vertically'],
  );
  return [
    [
      ...(align.length === 0 ? [] : [{ type: 'more', label: 'Align', entries: align } as const]),
      ...commands(['canvas.arrangeSelection', 'Arrange'], ['canvas.fitSelection', 'Zoom to it']),
    ],
    commands(
      ...(isGroup ? [] : [['group.create', 'Group'] as const]),
      ['group.remove', 'Ungroup'],
      ['subflow.extract', 'Extract into a subflow'],
      ['node.replaceKind', 'Replace kind'],
    ),
    commands(['edit.cut', 'Cut'], ['edit.copy', 'Copy'], ['edit.duplicate', 'Duplicate']),
    commands(...toSwitches(target)),
    dangerous(commands(['edit.delete', 'Delete'])),
  ];
}

/** What a switch would do now. */
function toSwitches(target: EditorTarget): readonly (readonly [id: string, label: string])[] {
  const selected = new Set(listSelected(target));
  const nodes = toDocument(target).nodes.filter(({ id }) => selected.has(id));
  return [
    ['node.toggleDisabled', nodes.every(({ disabled }) => disabled === true) ? 'Enable' : 'Disable'],
    ['node.toggleLocked', nodes.every(({ locked }) => locked === true) ? 'Unlock' : 'Lock'],
  ];
}

function toGroupSection(target: EditorTarget, { id, colour = 'grey' }: NodeGroup): readonly MenuEntry[] {
  const rename = commands(['node.rename', 'Rename the group']);
  if (rename.length === 0) return [];
  const colours = groupColours.map(
    (name): MenuEntry => ({
      type: 'item',
      label: `${name.charAt(0).toUpperCase()}${name.slice(1)}${name === colour ? ' (now)' : ''}`,
      run: () => colourGroup(target, id, name),
    }),
  );
  return [...rename, { type: 'more', label: 'Colour', entries: colours }];
}

function edgeSections(): CanvasMenu['sections'] {
  return [
    commands(['edge.insert', 'Insert a node'], ['edge.label', 'Label'], ['edge.select', 'Next edge']),
    dangerous(commands(['edit.delete', 'Delete'])),
  ];
}

function toCanvasSections(target: EditorTarget, at: Position): CanvasMenu['sections'] {
  const add: readonly MenuEntry[] = canRun('node.add')
    ? [{ type: 'item', label: 'Add a node here', keys: keysOf('node.add'), run: () => openQuickAddAt(target, at.x, at.y, null) }]
    : [];
  return [
    [...add, ...commands(['edit.paste', 'Paste'])],
    commands(['edit.selectAll', 'Select all'], ['canvas.arrange', 'Arrange all'], ['canvas.fit', 'Fit the canvas']),
    commands(['find.open', 'Find'], ['find.replace', 'Find and replace'], ['workflow.back', 'Go back']),
    commands(['edit.undo', 'Undo'], ['edit.redo', 'Redo']),
  ];
}

/** Those of the commands that make sense now, with their keys. */
function commands(...wanted: readonly (readonly [id: string, label: string])[]): readonly MenuEntry[] {
  return wanted.flatMap(([id, label]) =>
    canRun(id) ? [{ type: 'item', label, keys: keysOf(id), run: () => runCommand(id) } as const] : [],
  );
}

function dangerous(entries: readonly MenuEntry[]): readonly MenuEntry[] {
  return entries.map((entry) => ({ ...entry, isDangerous: true }));
}

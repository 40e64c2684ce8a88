import { toReference } from '#shared/workflow/reference.ts';
import type { Command } from '../../app/commands.ts';
import { alignments, distributions } from './arrange-selection.ts';
import { useCanvasUi } from './canvas-ui.ts';
import { canEdit, canEditSelection, findTarget, hasTarget, withTarget } from './command-target.ts';
import { type EditorTarget, listSelected, toDocument } from './editor-actions.ts';
import {
  alignSelected,
  distributeSelected,
  findSelectedEdge,
  groupSelected,
  selectNextEdge,
  startRename,
  toggleLocked,
  ungroupSelected,
} from './node-actions.ts';
import { openMenuOfSelection } from './open-canvas-menu.ts';
import { openInsertIntoEdge, openReplaceKind } from './open-quick-add.ts';
import { inlineSelected } from './subflow-actions.ts';
import { goBack, useTrail } from './trail.ts';

/** At least so many nodes are selected and may be changed. */
const canEditSeveral = (least: number) => () => {
  const target = findTarget();
  return target !== null && canEditSelection() && listSelected(target).length >= least;
};
const canEditEdge = () => {
  const target = findTarget();
  return target !== null && canEdit() && findSelectedEdge(target) !== null;
};
const isInGroup = () => {
  const target = findTarget();
  if (target === null || !canEditSelection()) return false;
  const selected = new Set(listSelected(target));
  return (toDocument(target).groups ?? []).some(({ nodes }) => nodes.some((id) => selected.has(id)));
};
const isSubflow = () => {
  const target = findTarget();
  const [id, ...more] = target === null || !canEditSelection() ? [] : listSelected(target);
  const node = target === null ? undefined : toDocument(target).nodes.find((candidate) => candidate.id === id);
  return more.length === 0 && node?.kind === 'subflow' && toReference(node) !== '';
};

function findStep() {
  const target = findTarget();
  return target === null ? undefined : useTrail.getState().cameFrom[target.path];
}

function ask(about: NonNullable<ReturnType<typeof useCanvasUi.getState>['dialog']>['about']) {
  return ({ tabId }: EditorTarget) => useCanvasUi.setState({ dialog: { tabId, about } });
}

const alignKeys = {
  left: 'Alt+Shift+ArrowLeft',
  centre: 'Alt+Shift+C',
  right: 'Alt+Shift+ArrowRight',
  top: 'Alt+Shift+ArrowUp',
  middle: 'Alt+Shift+M',
  bottom: 'Alt+Shift+ArrowDown',
} as const;
const alignWords = {
  left: 'their left edges',
  centre: 'their centres',
  right: 'their right edges',
  top: 'their top edges',
  middle: 'their middles',
  bottom: 'their bottom edges',
} as const;
const distributeKeys = { horizontally: 'Alt+Shift+H', vertically: 'Alt+Shift+V' } as const;

/** What changes the shape of a workflow: kinds, names, edges, groups, locks, order, subflows. */
export const structureCommands: readonly Command[] = [
  {
    id: 'node.rename',
    title: 'Rename the selected node or group',
    group: 'Workflow',
    keys: 'F2',
    when: canEditSelection,
    run: withTarget(startRename),
  },
  {
    id: 'node.replaceKind',
    title: 'Replace the kind of the selected nodes',
    group: 'Workflow',
    keys: 'Shift+R',
    when: canEditSelection,
    run: withTarget(openReplaceKind),
  },
  {
    id: 'node.connect',
    title: 'Connect the selected node to another',
    group: 'Workflow',
    keys: 'Shift+C',
    when: canEditSelection,
    run: withTarget((target) => useCanvasUi.setState({ connecting: { tabId: target.tabId, node: listSelected(target)[0] as string } })),
  },
  {
    id: 'node.toggleLocked',
    title: 'Lock or unlock the selected nodes',
    group: 'Workflow',
    keys: 'Shift+K',
    when: canEditSelection,
    run: withTarget(toggleLocked),
  },
  {
    id: 'edge.select',
    title: 'Select the next edge of the selected node',
    group: 'Workflow',
    keys: 'Shift+E',
    when: hasTarget,
    run: withTarget(selectNextEdge),
  },
  {
    id: 'edge.insert',
    title: 'Insert a node into the selected edge',
    group: 'Workflow',
    keys: 'Shift+N',
    when: canEditEdge,
    run: withTarget(openInsertIntoEdge),
  },
  {
    id: 'edge.label',
    title: 'Label the selected edge',
    group: 'Workflow',
    when: canEditEdge,
    run: withTarget((target) => ask({ type: 'labelEdge', edge: findSelectedEdge(target) as string })(target)),
  },
  {
    id: 'group.create',
    title: 'Group the selected nodes',
    group: 'Workflow',
    keys: 'Mod+G',
    when: canEditSelection,
    run: withTarget(groupSelected),
  },
  {
    id: 'group.remove',
    title: 'Ungroup the selected nodes',
    group: 'Workflow',
    keys: 'Mod+Shift+G',
    when: isInGroup,
    run: withTarget(ungroupSelected),
  },
  {
    id: 'subflow.extract',
    title: 'Extract the selected nodes into a subflow',
    group: 'Workflow',
    keys: 'Shift+X',
    when: canEditSelection,
    run: withTarget(ask({ type: 'extract' })),
  },
  {
    id: 'subflow.inline',
    title: 'Inline the selected subflow',
    group: 'Workflow',
    keys: 'Shift+I',
    when: isSubflow,
    run: withTarget(inlineSelected),
  },
  ...alignments.map(
    (how): Command => ({
      id: `selection.align.${how}`,
      title: `Align the selected nodes at ${alignWords[how]}`,
      group: 'Workflow',
      keys: alignKeys[how],
      when: canEditSeveral(2),
      run: withTarget((target) => alignSelected(target, how)),
    }),
  ),
  ...distributions.map(
    (how): Command => ({
      id: `selection.distribute.${how}`,
      title: `Distribute the selected nodes ${how}`,
      group: 'Workflow',
      keys: distributeKeys[how],
      when: canEditSeveral(3),
      run: withTarget((target) => distributeSelected(target, how)),
    }),
  ),
  {
    id: 'canvas.menu',
    title: 'Open the menu of what is selected',
    group: 'Workflow',
    keys: 'Shift+F10',
    when: hasTarget,
    run: withTarget(openMenuOfSelection),
  },
  {
    id: 'workflow.back',
    title: 'Go back to the workflow this one was opened from',
    group: 'View',
    keys: 'Alt+ArrowLeft',
    when: () => findStep() !== undefined,
    run: () => {
      const step = findStep();
      if (step !== undefined) goBack(step);
    },
  },
];

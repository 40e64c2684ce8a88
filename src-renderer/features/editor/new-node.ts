import type { JsonObject } from '#shared/base/json.ts';
import type { NodeKind } from '#shared/nodes/kind.ts';
import type { Position, WorkflowDocument, WorkflowNode } from '#shared/workflow/document.ts';
import { toFreeId, toFreeName } from '#shared/workflow/free-names.ts';
import { type Size, toGrid } from '../../canvas/card-geometry.ts';
import { toCards } from './card-model.ts';

/** A node of this kind with its default settings and the user's model, under a free id and name, on the grid. */
export function makeNode(document: WorkflowDocument, kind: NodeKind, position: Position, defaultModel: string): WorkflowNode {
  const id = toFreeId(new Set(document.nodes.map((node) => node.id)), kind.kind);
  return {
    id,
    kind: kind.kind,
    name: toFreeName(new Set(document.nodes.map((node) => node.name)), kind.title),
    position: { x: toGrid(position.x), y: toGrid(position.y) },
    config: toFirstConfig(document, kind, defaultModel),
  };
}

/** A place near `wanted` where no other node begins: what is put there on purpose may overlap, but never hide, another one. */
export function toFreePlace(document: WorkflowDocument, wanted: Position): Position {
  const taken = new Set(document.nodes.map(({ position }) => `${toGrid(position.x)},${toGrid(position.y)}`));
  for (let step = 0; ; step += 1) {
    const place = { x: toGrid(wanted.x) + step * 32, y: toGrid(wanted.y) + step * 32 };
    if (!taken.has(`${place.x},${place.y}`)) return place;
  }
}

/** The place closest to `wanted` where a box of this size overlaps no card: below or above, then further right and left. */
export function toClearPlace(document: WorkflowDocument, wanted: Position, size: Size): Position {
  const boxes = toCards(document).map((card, index) => ({ ...(document.nodes[index]?.position ?? wanted), ...card.size }));
  const isClear = ({ x, y }: Position) =>
    boxes.every(
      (box) =>
        x + size.width + margin <= box.x ||
        box.x + box.width + margin <= x ||
        y + size.height + margin <= box.y ||
        box.y + box.height + margin <= y,
    );
  const [stepX, stepY] = [size.width + margin, 24];
  // Rings of growing size; among the places of one, those straight below and above come first.
  for (let ring = 0; ring < 200; ring += 1) {
    for (const column of [0, 1, -1, 2, -2]) {
      const row = ring - 4 * Math.abs(column);
      if (row < 0) continue;
      for (const sign of row === 0 ? [1] : [1, -1]) {
        const place = { x: toGrid(wanted.x + column * stepX), y: toGrid(wanted.y + sign * row * stepY) };
        if (isClear(place)) return place;
      }
    }
  }
  return toFreePlace(document, wanted);
}

/** Between a new card and its neighbours: room for edges and names of ports. */
const margin = 24;

/** The default settings with what they leave open: the user's model, and for outputs a name that no other one has. */
function toFirstConfig(document: WorkflowDocument, kind: NodeKind, defaultModel: string): JsonObject {
  const models = Object.fromEntries(kind.fields.flatMap((field) => (field.type === 'model' ? [[field.key, defaultModel]] : [])));
  if (kind.kind !== 'output') return { ...kind.defaultConfig, ...models };
  const names = document.nodes.filter((node) => node.kind === 'output').map((node) => String(node.config.name));
  return { ...kind.defaultConfig, name: toFreeId(new Set(names), String(kind.defaultConfig.name)) };
}

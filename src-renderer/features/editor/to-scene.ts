import type { Position, WorkflowDocument } from '#shared/workflow/document.ts';
import { boundsOf, grow, type LineLook, type SceneCard, type SceneFrame, type SceneLine } from '../../canvas/scene.ts';
import { type Status, statusColors } from '../../ui/status.ts';
import { type CardModel, toCardHeight } from './card-model.ts';
import type { Surroundings } from './flow-elements.ts';
import type { Link } from './flow-links.ts';

/** The cards as they are drawn from afar, in the document's order. Those that show the same as before are the same objects. */
export function toSceneCards(
  document: WorkflowDocument,
  cards: readonly CardModel[],
  surround: (id: string, index: number) => Surroundings,
  dragged: ReadonlyMap<string, Position>,
  previous: readonly SceneCard[],
): readonly SceneCard[] {
  let isChanged = previous.length !== cards.length;
  const made = cards.map((card, index) => {
    const { run, isSelected, isHighlighted } = surround(card.id, index);
    const { x, y } = dragged.get(card.id) ?? (document.nodes[index] as WorkflowDocument['nodes'][number]).position;
    const height = toCardHeight(card, run !== null);
    const kind = toKindToken(card.category);
    const tone = run === null ? null : toTone(run.status);
    const mark = run?.undoOrder == null ? null : `↶${run.undoOrder}`;
    const isFaint = card.isDisabled || run?.status === 'skipped';
    const known = previous[index];
    if (
      known !== undefined &&
      known.id === card.id &&
      known.x === x &&
      known.y === y &&
      known.width === card.size.width &&
      known.height === height &&
      known.name === card.name &&
      known.kind === kind &&
      known.tone === tone &&
      known.mark === mark &&
      known.isSelected === isSelected &&
      known.isHighlighted === isHighlighted &&
      known.isFaint === isFaint &&
      known.shape === toShape(card)
    )
      return known;
    isChanged = true;
    const { width } = card.size;
    return {
      id: card.id,
      x,
      y,
      width,
      height,
      name: card.name,
      kind,
      tone,
      mark,
      shape: toShape(card),
      isSelected,
      isHighlighted,
      isFaint,
    };
  });
  return isChanged ? made : previous;
}

/** The edges as they are drawn from afar, in the order of the links. Those that are the same as before are the same objects. */
export function toSceneLines(
  links: readonly Link[],
  cards: readonly SceneCard[],
  lookOf: (link: Link) => LineLook,
  previous: readonly SceneLine[],
): readonly SceneLine[] {
  let isChanged = previous.length !== links.length;
  const made = links.map((link, index) => {
    const [from, to] = [cards[link.from] as SceneCard, cards[link.to] as SceneCard];
    const isUndo = link.type === 'undo';
    const fromX = from.x + (isUndo ? from.width / 2 : from.width);
    const fromY = from.y + (isUndo ? from.height : link.fromOffset);
    const toX = to.x + (isUndo ? to.width / 2 : 0);
    const toY = to.y + (isUndo ? 0 : link.toOffset);
    const look = lookOf(link);
    const known = previous[index];
    if (
      known !== undefined &&
      known.id === link.id &&
      known.fromX === fromX &&
      known.fromY === fromY &&
      known.toX === toX &&
      known.toY === toY &&
      known.look === look
    )
      return known;
    isChanged = true;
    return { id: link.id, fromX, fromY, toX, toY, look };
  });
  return isChanged ? made : previous;
}

/** The frames around the groups, which stand where their nodes are. Those that are the same as before are the same objects. */
export function toSceneFrames(
  document: WorkflowDocument,
  cards: readonly SceneCard[],
  previous: readonly SceneFrame[],
): readonly SceneFrame[] {
  if (document.groups === undefined) return noFrames;
  const byId = new Map(cards.map((card) => [card.id, card]));
  const made = document.groups.flatMap(({ id, title, colour = 'grey', nodes }): SceneFrame[] => {
    const bounds = boundsOf(nodes.flatMap((node) => byId.get(node) ?? []));
    return bounds === null ? [] : [{ id, title, colour: frameTokens[colour], ...grow(bounds, 24) }];
  });
  const kept = made.map((frame, index) => {
    const known = previous[index];
    return known !== undefined && isSameFrame(known, frame) ? known : frame;
  });
  return kept.length === previous.length && kept.every((frame, index) => frame === previous[index]) ? previous : kept;
}

function isSameFrame(a: SceneFrame, b: SceneFrame): boolean {
  return (
    a.id === b.id &&
    a.title === b.title &&
    a.colour === b.colour &&
    a.x === b.x &&
    a.y === b.y &&
    a.width === b.width &&
    a.height === b.height
  );
}

const noFrames: readonly SceneFrame[] = [];

const frameTokens = { grey: 'control', blue: 'model', green: 'tool', yellow: 'code', red: 'human', violet: 'agent' } as const;

function toShape({ note, undoes }: CardModel): SceneCard['shape'] {
  return note !== null ? 'note' : undoes !== null ? 'compensation' : 'card';
}

function toKindToken(category: CardModel['category']): string {
  return category === 'data' || category === 'unknown' ? 'control' : category;
}

/** The colour token of what happened at a node; null where nothing did. */
function toTone(status: Status): string | null {
  return status === 'pending' || status === 'skipped' ? null : statusColors[status].slice('text-'.length);
}

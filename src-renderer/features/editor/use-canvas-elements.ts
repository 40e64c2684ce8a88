import { type PointerEvent, useCallback, useMemo, useRef } from 'react';
import type { Position, WorkflowDocument } from '#shared/workflow/document.ts';
import { emptyScene, type LineLook, type Scene } from '../../canvas/scene.ts';
import { type CanvasLevel, pickMounted, useCanvasLevel } from './canvas-level.ts';
import { type CardModel, toCards } from './card-model.ts';
import { type CardNode, type FlowEdge, type Surroundings, toFlowEdge, toFlowNode } from './flow-elements.ts';
import { type Link, toLinks } from './flow-links.ts';
import type { EdgeProgress } from './run-card.ts';
import { toSceneCards, toSceneFrames, toSceneLines } from './to-scene.ts';
import { useFarPointer } from './use-far-pointer.ts';

/** What a canvas shows of a document. Each function keeps its identity while it gives the same. */
export interface CanvasContent {
  readonly document: WorkflowDocument;
  /** Where cards are that are being dragged. */
  readonly dragged: ReadonlyMap<string, Position>;
  readonly surround: (id: string, index: number) => Surroundings;
  readonly progressOf: (edge: number) => EdgeProgress;
  readonly selectedEdges: ReadonlySet<string>;
  readonly highlightedEdge: string | null;
}

export interface CanvasElements {
  readonly level: CanvasLevel;
  readonly cards: readonly CardModel[];
  /** Everything, to be painted. */
  readonly scene: Scene;
  /** The newest scene, for those who ask later. */
  readonly getScene: () => Scene;
  /** What is mounted. */
  readonly nodes: CardNode[];
  readonly edges: FlowEdge[];
  /** To be told of the pointer, so that what it points at is mounted from afar too. */
  readonly onPointerMove: (event: PointerEvent) => void;
  /** The card or edge that is painted at a place of the window, by its id. */
  readonly findAt: (clientX: number, clientY: number) => string | null;
}

/** A document as it is painted and mounted. Whatever shows the same as before is the same object. */
export function useCanvasElements(content: CanvasContent): CanvasElements {
  const { document, dragged, surround, progressOf, selectedEdges, highlightedEdge } = content;
  const level = useCanvasLevel(document.nodes.length);
  const cards = useMemo(() => toCards(document), [document]);
  const links = useMemo(() => toLinks(document, cards), [document, cards]);

  const before = useRef(emptyScene);
  const getScene = useCallback(() => before.current, []);
  const scene = useMemo(() => {
    const lookOf = (link: Link) => toLook(link, progressOf, selectedEdges.has(link.id) || link.id === highlightedEdge);
    const sceneCards = toSceneCards(document, cards, surround, dragged, before.current.cards);
    const lines = toSceneLines(links, sceneCards, lookOf, before.current.lines);
    const frames = toSceneFrames(document, sceneCards, before.current.frames);
    if (sceneCards !== before.current.cards || lines !== before.current.lines || frames !== before.current.frames)
      before.current = { cards: sceneCards, lines, frames };
    return before.current;
  }, [document, cards, links, surround, dragged, progressOf, selectedEdges, highlightedEdge]);

  const pointer = useFarPointer(level, getScene);
  const mounted = useMemo(() => {
    // The card that is dragged stays, wherever it goes.
    const [held] = dragged.keys();
    const always = held === undefined ? pointer.pointedAt : new Set([...pointer.pointedAt, held]);
    return pickMounted(level, scene.cards, scene.lines, links, always);
  }, [level, scene, links, pointer.pointedAt, dragged]);

  const knownNodes = useRef<ReadonlyMap<string, CardNode>>(new Map());
  const nodes = useMemo(() => {
    const made = new Map<string, CardNode>();
    for (const index of mounted?.cards ?? scene.cards.keys()) {
      const { id, x, y } = scene.cards[index] as Scene['cards'][number];
      // Ids are unique in every document that can be edited; of a broken file the first of each is drawn.
      if (!made.has(id)) made.set(id, toFlowNode(cards[index] as CardModel, { x, y }, surround(id, index), knownNodes.current.get(id)));
    }
    knownNodes.current = made;
    return [...made.values()];
  }, [mounted, scene, cards, surround]);

  const knownEdges = useRef<ReadonlyMap<string, FlowEdge>>(new Map());
  const edges = useMemo(() => {
    const made = new Map<string, FlowEdge>();
    for (const index of mounted?.links ?? links.keys()) {
      const link = links[index] as Link;
      const progress = link.edge < 0 ? 'idle' : progressOf(link.edge);
      const known = knownEdges.current.get(link.id);
      made.set(link.id, toFlowEdge(link, progress, selectedEdges.has(link.id), link.id === highlightedEdge, known));
    }
    knownEdges.current = made;
    return [...made.values()];
  }, [mounted, links, progressOf, selectedEdges, highlightedEdge]);

  return { level, cards, scene, getScene, nodes, edges, onPointerMove: pointer.onPointerMove, findAt: pointer.find };
}

function toLook({ type, edge }: Link, progressOf: (edge: number) => EdgeProgress, isPointedAt: boolean): LineLook {
  return isPointedAt ? 'selected' : type === 'undo' ? 'undo' : progressOf(edge);
}

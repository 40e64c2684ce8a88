import type { JsonObject } from '#shared/base/json.ts';
import type { NodePolicy, WorkflowDocument } from '#shared/workflow/document.ts';
import type { Dice } from '../dice.ts';
import type { Mood } from '../simulated-tools.ts';

/** What a generated node may speak about. */
export interface DraftContext {
  readonly dice: Dice;
  /** Outputs of earlier nodes that may be connected to this one; whatever the config names of them, it is connected to. */
  readonly sources: readonly SourcePort[];
  /** False when the run has to come to the same end however it is interrupted: then nothing may depend on who is first. */
  readonly mayRace: boolean;
  /** How calls of tools may go in this simulation. */
  readonly moods: readonly Mood[];
  /** A number that is different for each node of a document. */
  readonly ordinal: number;
  /** A further workflow for kinds that run one, given to the run under its path; undefined when they are nested deeply enough. */
  readonly addSubworkflow: (purpose: string) => { readonly path: string; readonly document: WorkflowDocument } | undefined;
}

export interface SourcePort {
  readonly node: string;
  readonly port: string;
}

export interface NodeDraft {
  readonly config: JsonObject;
  /** Set when this draft only makes sense with it; else the node gets a policy of chance. */
  readonly policy?: NodePolicy;
}

/** How a kind of node is made up. Edges are drawn by the kind's own ports; the document's validator has the last word. */
export interface KindGenerator {
  /** How often it comes, against the others. */
  readonly weight: number;
  /** Undefined when the kind cannot be here. */
  draft(context: DraftContext): NodeDraft | undefined;
}

/** A template that is a text, perhaps with a value of an earlier node in it. */
export function toTemplate({ dice, sources, ordinal }: DraftContext): string {
  if (sources.length === 0 || dice.holds(0.4)) return `task ${ordinal}`;
  const { node, port } = dice.pick(sources);
  return `task ${ordinal} about {{ ${node}.${port} }}`;
}

import type { PortReference, WorkflowDocument } from '#shared/workflow/document.ts';
import { verdictOnEdge } from '#shared/workflow/edge-verdict.ts';
import { viewNode } from '#shared/workflow/node-view.ts';
import type { ConnectionVerdict } from '#shared/workflow/port-types.ts';
import { type SuggestedTransform, suggestTransform } from '#shared/workflow/suggest-transform.ts';

/** A connection that could be drawn from a node, or why it cannot. */
export interface ConnectionChoice {
  readonly from: PortReference;
  readonly to: PortReference;
  /** `text → Review` */
  readonly words: string;
  readonly verdict: ConnectionVerdict;
  /** What would make a refused one fit. */
  readonly transform: SuggestedTransform | null;
}

/** Connections from the outputs of a node to the inputs of others, those that fit first; only those whose words are found. */
export function listConnectionChoices(document: WorkflowDocument, id: string, query: string): readonly ConnectionChoice[] {
  const source = document.nodes.find((node) => node.id === id);
  const view = source === undefined ? null : viewNode(source);
  if (view?.type !== 'valid') return [];
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = document.nodes.flatMap((node): ConnectionChoice[] => {
    const other = viewNode(node);
    if (node.id === id || other.type !== 'valid') return [];
    return view.ports.outputs.flatMap((output) =>
      other.ports.inputs.flatMap((input): ConnectionChoice[] => {
        const said = `${view.ports.outputs.length > 1 ? `${output.name} → ` : ''}${node.name || node.id}${other.ports.inputs.length > 1 ? ` › ${input.name}` : ''}`;
        if (!words.every((word) => said.toLowerCase().includes(word))) return [];
        const [from, to] = [
          { node: id, port: output.name },
          { node: node.id, port: input.name },
        ];
        const verdict = verdictOnEdge(document, from, to);
        return [{ from, to, words: said, verdict, transform: verdict.verdict === 'refused' ? suggestTransform(document, from, to) : null }];
      }),
    );
  });
  return found.toSorted((a, b) => rank(a) - rank(b)).slice(0, mostChoices);
}

const mostChoices = 50;

function rank({ verdict, transform }: ConnectionChoice): number {
  if (verdict.verdict === 'refused') return transform === null ? 3 : 2;
  return verdict.verdict === 'fits' ? 0 : 1;
}

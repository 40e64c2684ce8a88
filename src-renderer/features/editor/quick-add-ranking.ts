import type { JsonObject } from '#shared/base/json.ts';
import type { NodeKind, Port } from '#shared/nodes/kind.ts';
import { nodeKindNames, nodeKinds } from '#shared/nodes/registry.ts';
import { type ConnectionVerdict, verdictOnConnection } from '#shared/workflow/port-types.ts';

/** The port that a new node is to be connected to. `side` is the side it stands on at its own node. */
export interface OpenEnd {
  readonly side: 'inputs' | 'outputs';
  /** Undefined when its type cannot be known. */
  readonly port: Port | undefined;
}

/** A kind that can be added, and the port by which it would be connected. */
export interface KindChoice {
  readonly kind: NodeKind;
  readonly port: string | null;
  readonly verdict: ConnectionVerdict['verdict'];
}

/** The kinds that a search finds, best first; with an open end, those that can be connected to it, what fits before what may fit. */
export function rankKinds(query: string, end: OpenEnd | null): readonly KindChoice[] {
  const words = query.trim().toLowerCase();
  return nodeKindNames
    .map((name) => nodeKinds[name])
    .flatMap((kind, order) => {
      const score = scoreKind(kind, words);
      const choice = score === null ? null : toChoice(kind, end);
      return choice === null || score === null ? [] : [{ choice, order, score }];
    })
    .sort((a, b) => a.score - b.score || verdictRank[a.choice.verdict] - verdictRank[b.choice.verdict] || a.order - b.order)
    .map(({ choice }) => choice);
}

const verdictRank = { fits: 0, maybe: 1, refused: 2 } as const;

/** Where the words were found: 0 at the beginning of the title, then as its key, within it, in the description; null nowhere. */
function scoreKind(kind: NodeKind, words: string): number | null {
  const title = kind.title.toLowerCase();
  if (words === '' || title.startsWith(words) || kind.kind.startsWith(words)) return 0;
  if (kind.shortcut.toLowerCase() === words) return 1;
  if (title.includes(words)) return 2;
  if (words.split(/\s+/).every((word) => `${title} ${kind.description.toLowerCase()}`.includes(word))) return 3;
  return isSubsequence(words, title) ? 4 : null;
}

function toChoice(kind: NodeKind, end: OpenEnd | null): KindChoice | null {
  if (end === null) return { kind, port: null, verdict: 'fits' };
  const ports = kind.ports(kind.defaultConfig as JsonObject)[end.side === 'outputs' ? 'inputs' : 'outputs'];
  const verdicts = ports.map((port) => ({ port, verdict: toVerdict(port, end) })).filter(({ verdict }) => verdict !== 'refused');
  const best = verdicts.find(({ verdict }) => verdict === 'fits') ?? verdicts[0];
  return best === undefined ? null : { kind, port: best.port.name, verdict: best.verdict };
}

function toVerdict(port: Port, end: OpenEnd): ConnectionVerdict['verdict'] {
  if (end.port === undefined) return 'maybe';
  return (end.side === 'outputs' ? verdictOnConnection(end.port.schema, port.schema) : verdictOnConnection(port.schema, end.port.schema))
    .verdict;
}

function isSubsequence(words: string, text: string): boolean {
  let at = 0;
  for (const letter of text) if (letter === words[at]) at += 1;
  return at === words.length;
}

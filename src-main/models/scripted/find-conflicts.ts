/** Two sentences of different sources that speak of the same thing with different figures. */
export interface Conflict {
  readonly first: string;
  readonly firstSource: string;
  readonly second: string;
  readonly secondSource: string;
}

/** A sentence with a figure in it, from a named source. */
interface Statement {
  readonly text: string;
  readonly source: string;
  readonly words: ReadonlySet<string>;
  readonly figures: ReadonlySet<string>;
}

/**
 * Pairs of sentences that share most of their words and disagree in their figures, in the order of the first; at most `mostConflicts`.
 * A guess by words, not understanding: what a careful reader would look at twice. Words that many sentences have lead to nobody, so
 * the work grows with the text, not with its square.
 */
export function findConflicts(sentences: readonly { readonly text: string; readonly source: string }[]): Conflict[] {
  const statements = sentences.flatMap(toStatement).slice(0, mostStatements);
  const byWord = indexByWord(statements);
  const conflicts: Conflict[] = [];
  statements.forEach((first, index) => {
    const candidates = new Set([...first.words].flatMap((word) => byWord.get(word) ?? []));
    for (const at of [...candidates].sort((a, b) => a - b)) {
      const second = statements[at];
      if (conflicts.length >= mostConflicts || second === undefined || at <= index || !disagree(first, second)) continue;
      conflicts.push({ first: first.text, firstSource: first.source, second: second.text, secondSource: second.source });
    }
  });
  return conflicts;
}

const mostStatements = 5_000;
const mostConflicts = 10;
const longestStatement = 300;
/** A word that more statements have says nothing about what they speak of. */
const mostHolders = 40;
const fewestShared = 4;
/** Of the shorter sentence's words, this part must be in the other one. */
const sharedPart = 0.6;
const emptyWords = new Set(
  'about also been from have into only our than that the their them then they this was were what when which with would'.split(' '),
);

function toStatement({ text, source }: { readonly text: string; readonly source: string }): Statement[] {
  if (text.length > longestStatement) return [];
  const figures = new Set((text.match(/\d+(?:[.,:]\d+)*/g) ?? []).map((figure) => figure.replaceAll(',', '')));
  const words = new Set((text.toLowerCase().match(/\p{L}{3,}/gu) ?? []).filter((word) => !emptyWords.has(word)));
  return figures.size === 0 || words.size < fewestShared ? [] : [{ text, source, words, figures }];
}

function indexByWord(statements: readonly Statement[]): ReadonlyMap<string, readonly number[]> {
  const index = new Map<string, number[]>();
  statements.forEach(({ words }, at) => {
    for (const word of words) index.set(word, [...(index.get(word) ?? []), at].slice(0, mostHolders + 1));
  });
  for (const [word, holders] of index) if (holders.length > mostHolders) index.delete(word);
  return index;
}

/** A sentence that only adds a figure (a year, a page) does not contradict. */
function disagree(a: Statement, b: Statement): boolean {
  if (a.source === b.source || isPartOf(a.figures, b.figures) || isPartOf(b.figures, a.figures)) return false;
  const shared = [...a.words].filter((word) => b.words.has(word)).length;
  return shared >= fewestShared && shared >= sharedPart * Math.min(a.words.size, b.words.size);
}

function isPartOf(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  return [...part].every((item) => whole.has(item));
}

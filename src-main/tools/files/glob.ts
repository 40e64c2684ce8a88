/** Alternatives a pattern may spell out with braces. */
const mostAlternatives = 64;

/**
 * A matcher of `/`-separated paths: `*` and `?` within a segment, `**` over any number of segments, `{a,b}` for alternatives. A pattern
 * without `/` is compared with the last segment. Linear per star, never a regular expression: no pattern can run away. Undefined when
 * the braces spell out too many alternatives.
 */
export function toGlobMatcher(pattern: string): ((path: string) => boolean) | undefined {
  const alternatives = expandBraces(pattern);
  if (alternatives === undefined) return undefined;
  const matchers = alternatives.map((alternative) => alternative.split('/'));
  return (path) => {
    const segments = path.split('/');
    return matchers.some((wanted) => matchesAll(wanted.length === 1 ? ['**', ...wanted] : wanted, segments, '**', matchesWildcard));
  };
}

/** True when the whole text fits a pattern of `*` (any run) and `?` (one character). */
export function matchesWildcard(pattern: string, text: string): boolean {
  return matchesAll([...pattern], [...text], '*', (wanted, character) => wanted === '?' || wanted === character);
}

/**
 * Two pointers and one place to fall back to, the latest star: at most pattern × text steps. A star is what equals `star`.
 */
function matchesAll(
  pattern: readonly string[],
  text: readonly string[],
  star: string,
  matchesOne: (wanted: string, item: string) => boolean,
): boolean {
  let at = 0;
  let next = 0;
  let starAt = -1;
  let starNext = 0;
  while (next < text.length) {
    if (pattern[at] === star) {
      starAt = at;
      starNext = next;
      at += 1;
    } else if (at < pattern.length && matchesOne(pattern[at] as string, text[next] as string)) {
      at += 1;
      next += 1;
    } else if (starAt >= 0) {
      at = starAt + 1;
      starNext += 1;
      next = starNext;
    } else return false;
  }
  while (pattern[at] === star) at += 1;
  return at === pattern.length;
}

function expandBraces(pattern: string): readonly string[] | undefined {
  let open = [pattern];
  for (;;) {
    const expanded: string[] = [];
    for (const text of open) {
      const group = /\{([^{}]*)\}/.exec(text);
      if (group === null) expanded.push(text);
      else
        for (const choice of (group[1] ?? '').split(','))
          expanded.push(text.slice(0, group.index) + choice + text.slice(group.index + group[0].length));
      if (expanded.length > mostAlternatives) return undefined;
    }
    if (expanded.every((text, index) => text === open[index])) return expanded;
    open = expanded;
  }
}

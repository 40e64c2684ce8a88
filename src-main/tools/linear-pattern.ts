/** Longer patterns and those that repeat more are not run. */
const mostCharacters = 500;
const mostRepetitions = 2;

/**
 * True when a regular expression from outside cannot run away: it repeats single characters or classes only, never groups, so that
 * matching stays polynomial with a small exponent. Errs towards false.
 */
export function isLinearPattern(pattern: string): boolean {
  if (pattern.length > mostCharacters) return false;
  let repetitions = 0;
  let afterGroup = false;
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern[index];
    if (character === '\\') {
      // A back-reference makes matching exponential by itself.
      if (/[1-9k]/.test(pattern[index + 1] ?? '')) return false;
      index += 1;
      afterGroup = false;
    } else if (character === '[') {
      index = endOfClass(pattern, index);
      afterGroup = false;
    } else if (character === '*' || character === '+' || character === '{') {
      if (character === '{' && isSmallRepetition(pattern, index)) continue;
      repetitions += 1;
      if (afterGroup || repetitions > mostRepetitions) return false;
    } else {
      afterGroup = character === ')';
    }
  }
  return true;
}

function endOfClass(pattern: string, start: number): number {
  for (let index = start + 1; index < pattern.length; index += 1) {
    if (pattern[index] === '\\') index += 1;
    else if (pattern[index] === ']') return index;
  }
  return pattern.length;
}

/** `{4}` and `{1,4}` after a single character; after a group they are counted by the caller's next look at `)`. */
function isSmallRepetition(pattern: string, index: number): boolean {
  if (pattern[index - 1] === ')') return false;
  const bounds = /^\{(\d{1,3})(?:,(\d{1,3}))?\}/.exec(pattern.slice(index, index + 10));
  return bounds !== null && Number(bounds[2] ?? bounds[1]) <= 10;
}

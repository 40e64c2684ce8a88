/**
 * Regular expressions in time proportional to text × pattern, whatever the pattern: a set of states is walked over the
 * text (Thompson 1968; Cox, “Regular Expression Matching Can Be Simple And Fast”). RE2's syntax without Unicode classes;
 * look-around and back references, which cannot be had at that price, are refused.
 */
export function matchesPattern(pattern: string, text: string, spend: (units: number) => void): boolean {
  const program = compilePattern(pattern);
  const steps = program.steps;
  let current = createStateSet(steps.length);
  let next = createStateSet(steps.length);
  for (let at = 0; at <= text.length; at += 1) {
    // One unit pays for about 20 visits of a state: 64 characters × steps / 20.
    if ((at & 63) === 0) spend(1 + steps.length * 3);
    // The search is unanchored: a match may begin at every place.
    if (follow(program, current, 0, text, at)) return true;
    if (at === text.length) return false;
    const code = text.charCodeAt(at);
    next.size = 0;
    for (let index = 0; index < current.size; index += 1) {
      const state = current.dense[index] as number;
      const step = steps[state] as Step;
      if (step.type === 'character' && step.accepts(code) && follow(program, next, state + 1, text, at + 1)) return true;
    }
    [current, next] = [next, current];
  }
  return false;
}

/**
 * Where the pattern is found: the earliest match, of those that begin there the longest, then the next behind it. Matches of nothing are
 * left out. Throws `PatternError`; in time proportional to text × pattern for each match.
 */
export function findPattern(
  pattern: string,
  text: string,
  mostMatches: number,
): readonly { readonly start: number; readonly end: number }[] {
  const program = compilePattern(pattern);
  const found: { start: number; end: number }[] = [];
  for (let from = 0; from < text.length && found.length < mostMatches; ) {
    const match = findFirst(program, text, from);
    if (match === null) break;
    found.push(match);
    from = match.end;
  }
  return found;
}

/** Threads are kept in the order of where they began, so the first that reaches a state is the one that began earliest. */
function findFirst(program: Program, text: string, from: number): { readonly start: number; readonly end: number } | null {
  const { steps } = program;
  let current = createStateSet(steps.length);
  let starts: number[] = [];
  let next = createStateSet(steps.length);
  let nextStarts: number[] = [];
  let best: { start: number; end: number } | null = null;
  const enter = (set: StateSet, setStarts: number[], state: number, at: number, start: number) => {
    const isMatch = follow(program, set, state, text, at, true);
    while (setStarts.length < set.size) setStarts.push(start);
    if (isMatch && at > start && (best === null || start <= best.start)) best = { start, end: at };
  };
  for (let at = from; at <= text.length; at += 1) {
    const known: { start: number; end: number } | null = best;
    if (known === null) enter(current, starts, 0, at, at);
    else if (current.size === 0) break;
    if (at === text.length) break;
    const code = text.charCodeAt(at);
    next.size = 0;
    nextStarts.length = 0;
    for (let index = 0; index < current.size; index += 1) {
      const state = current.dense[index] as number;
      const start = starts[index] as number;
      const step = steps[state] as Step;
      if (best !== null && start > (best as { start: number }).start) break;
      if (step.type === 'character' && step.accepts(code)) enter(next, nextStarts, state + 1, at + 1, start);
    }
    [current, next] = [next, current];
    [starts, nextStarts] = [nextStarts, starts];
  }
  return best;
}

/** The pattern cannot be used; the message completes “the pattern …”. */
export class PatternError extends Error {}

type Accepts = (code: number) => boolean;
type Assertion = 'start' | 'end' | 'lineStart' | 'lineEnd' | 'boundary' | 'notBoundary';
type Step =
  | { readonly type: 'character'; readonly accepts: Accepts }
  | { readonly type: 'assertion'; readonly assertion: Assertion }
  | { readonly type: 'split'; target: number }
  | { readonly type: 'jump'; target: number }
  | { readonly type: 'match' };
interface Program {
  readonly steps: readonly Step[];
}

/** A set of small integers with O(1) insert, test and clear (Briggs and Torczon). */
interface StateSet {
  readonly dense: Uint16Array;
  readonly sparse: Uint16Array;
  size: number;
}
function createStateSet(capacity: number): StateSet {
  return { dense: new Uint16Array(capacity), sparse: new Uint16Array(capacity), size: 0 };
}

/** Adds the state and all that it reaches without reading a character; true when that includes the match, which ends it unless `goOn`. */
function follow(program: Program, set: StateSet, first: number, text: string, at: number, goOn = false): boolean {
  const stack = [first];
  let isMatch = false;
  for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
    const place = set.sparse[state] as number;
    if (place < set.size && set.dense[place] === state) continue;
    set.dense[set.size] = state;
    set.sparse[state] = set.size;
    set.size += 1;
    const step = program.steps[state] as Step;
    if (step.type === 'match') {
      if (!goOn) return true;
      isMatch = true;
    }
    if (step.type === 'jump') stack.push(step.target);
    else if (step.type === 'split') stack.push(step.target, state + 1);
    else if (step.type === 'assertion' && holds(step.assertion, text, at)) stack.push(state + 1);
  }
  return isMatch;
}

function holds(assertion: Assertion, text: string, at: number): boolean {
  switch (assertion) {
    case 'start':
      return at === 0;
    case 'end':
      return at === text.length;
    case 'lineStart':
      return at === 0 || text.charCodeAt(at - 1) === 10;
    case 'lineEnd':
      return at === text.length || text.charCodeAt(at) === 10;
    default: {
      const isBoundary = (at > 0 && isWord(text.charCodeAt(at - 1))) !== (at < text.length && isWord(text.charCodeAt(at)));
      return (assertion === 'boundary') === isBoundary;
    }
  }
}

const cachedPrograms = new Map<string, Program>();

function compilePattern(pattern: string): Program {
  let program = cachedPrograms.get(pattern);
  if (program === undefined) {
    program = { steps: [...createPatternParser(pattern).parse(), { type: 'match' }] };
    if (cachedPrograms.size >= 100) cachedPrograms.clear();
    cachedPrograms.set(pattern, program);
  }
  return program;
}

const maxSteps = 20_000;
const maxRepeat = 1_000;
const maxGroupDepth = 100;

/** Recursive descent; fragments are step lists with jumps relative to their own start until they are placed. */
function createPatternParser(pattern: string) {
  let at = 0;
  let depth = 0;
  let flags = { ignoreCase: false, multiLine: false, dotAll: false };
  const peek = () => pattern.charAt(at);
  const refuse = (problem: string): never => {
    throw new PatternError(`${problem} (at ${at + 1})`);
  };

  return {
    parse(): Step[] {
      const steps = parseAlternatives();
      if (at < pattern.length) refuse('has a “)” too many');
      return steps;
    },
  };

  function parseAlternatives(): Step[] {
    let steps = parseSequence();
    while (peek() === '|') {
      at += 1;
      const other = parseSequence();
      steps = bounded([
        { type: 'split', target: steps.length + 2 },
        ...shift(steps, 1),
        { type: 'jump', target: steps.length + 2 + other.length },
        ...shift(other, steps.length + 2),
      ]);
    }
    return steps;
  }

  function parseSequence(): Step[] {
    const steps: Step[] = [];
    while (at < pattern.length && peek() !== '|' && peek() !== ')') {
      for (const step of shift(parseRepeated(), steps.length)) steps.push(step);
      bounded(steps);
    }
    return steps;
  }

  function parseRepeated(): Step[] {
    let steps = parseAtom();
    for (;;) {
      const range = parseQuantifier();
      if (range === undefined) return steps;
      if (peek() === '?') at += 1; // lazy or greedy is the same question when only a yes or no is wanted
      steps = repeat(steps, range[0], range[1]);
    }
  }

  function parseQuantifier(): readonly [number, number] | undefined {
    const counted = /^\{(\d{1,5})(?:(,)(\d{0,5}))?\}/.exec(pattern.slice(at, at + 14));
    if (counted !== null) {
      at += counted[0].length;
      const low = Number(counted[1]);
      const high = counted[2] === undefined ? low : counted[3] === '' ? Number.POSITIVE_INFINITY : Number(counted[3]);
      if (low > maxRepeat || (high > maxRepeat && high !== Number.POSITIVE_INFINITY)) refuse(`repeats more than ${maxRepeat} times`);
      if (high < low) refuse('has a repetition that ends before it begins');
      return [low, high];
    }
    const simple = ({ '*': [0, Number.POSITIVE_INFINITY], '+': [1, Number.POSITIVE_INFINITY], '?': [0, 1] } as const)[peek()];
    if (simple !== undefined) at += 1;
    return simple;
  }

  function repeat(steps: readonly Step[], low: number, high: number): Step[] {
    const size = steps.length;
    if (size * Math.max(low, high === Number.POSITIVE_INFINITY ? 1 : high) > maxSteps) refuse('is too large');
    const repeated: Step[] = [];
    for (let count = 0; count < low; count += 1) repeated.push(...shift(steps, repeated.length));
    if (high === Number.POSITIVE_INFINITY) {
      const start = repeated.length;
      repeated.push({ type: 'split', target: start + size + 2 }, ...shift(steps, start + 1), { type: 'jump', target: start });
    } else {
      const end = repeated.length + (high - low) * (size + 1);
      for (let count = low; count < high; count += 1) repeated.push({ type: 'split', target: end }, ...shift(steps, repeated.length + 1));
    }
    return bounded(repeated);
  }

  function parseAtom(): Step[] {
    const character = peek();
    at += 1;
    switch (character) {
      case '(':
        return parseGroup();
      case '[':
        return [toStep(parseClass())];
      case '.':
        return [{ type: 'character', accepts: flags.dotAll ? () => true : (code) => code !== 10 }];
      case '^':
        return [{ type: 'assertion', assertion: flags.multiLine ? 'lineStart' : 'start' }];
      case '$':
        return [{ type: 'assertion', assertion: flags.multiLine ? 'lineEnd' : 'end' }];
      case '*':
      case '+':
      case '?':
        return refuse(`has a “${character}” with nothing to repeat`);
      case '\\':
        return parseEscapedAtom();
      default:
        return [toStep(isExactly(character.charCodeAt(0)))];
    }
  }

  function parseEscapedAtom(): Step[] {
    const character = peek();
    if (/[1-9k]/.test(character)) refuse('has a back reference, which is not supported');
    const assertion = ({ b: 'boundary', B: 'notBoundary', A: 'start', z: 'end' } as const)[character];
    if (assertion === undefined) return [toStep(parseEscape())];
    at += 1;
    return [{ type: 'assertion', assertion }];
  }

  function parseGroup(): Step[] {
    const outer = flags;
    depth += 1;
    if (depth > maxGroupDepth) refuse('has too many groups inside each other');
    if (peek() === '?') {
      const head = /^\?(?:P?<[A-Za-z_]\w*>|([ims]*)(?:-([ims]+))?([:)]))/.exec(pattern.slice(at, at + 100));
      if (head === null) return refuse('has a look-around or another group that is not supported');
      at += head[0].length;
      const isOn = (flag: string, was: boolean) => (head[2]?.includes(flag) ? false : head[1]?.includes(flag) ? true : was);
      flags = { ignoreCase: isOn('i', flags.ignoreCase), multiLine: isOn('m', flags.multiLine), dotAll: isOn('s', flags.dotAll) };
      if (head[3] === ')') {
        depth -= 1;
        return []; // (?i) holds until the end of the group it stands in
      }
    }
    const steps = parseAlternatives();
    if (peek() !== ')') refuse('has a “(” that is never closed');
    at += 1;
    depth -= 1;
    flags = outer;
    return steps;
  }

  function parseClass(): Accepts {
    const isNegated = peek() === '^';
    if (isNegated) at += 1;
    const parts: Accepts[] = [];
    for (let isFirst = true; isFirst || peek() !== ']'; isFirst = false) {
      if (at >= pattern.length) refuse('has a “[” that is never closed');
      parts.push(parseClassPart());
    }
    at += 1;
    const { ignoreCase } = flags;
    const isIn: Accepts = (code) => parts.some((accepts) => accepts(code));
    const isInAnyCase: Accepts = ignoreCase ? (code) => isIn(code) || otherCases(code).some(isIn) : isIn;
    return isNegated ? (code) => !isInAnyCase(code) : isInAnyCase;
  }

  function parseClassPart(): Accepts {
    const low = parseClassCharacter();
    if (typeof low !== 'number') return low;
    if (peek() !== '-' || pattern.charAt(at + 1) === ']' || at + 1 >= pattern.length) return isExactly(low);
    at += 1;
    const high = parseClassCharacter();
    if (typeof high !== 'number' || high < low) return refuse('has a range that ends before it begins');
    return (code) => code >= low && code <= high;
  }

  function parseClassCharacter(): number | Accepts {
    const character = peek();
    at += 1;
    if (character !== '\\') return character.charCodeAt(0);
    if (peek() === 'b') {
      at += 1;
      return 8;
    }
    const start = at;
    const accepts = parseEscape();
    const code = literalEscape(pattern.slice(start, at));
    return code ?? accepts;
  }

  function parseEscape(): Accepts {
    if (at >= pattern.length) return refuse('ends with a “\\”');
    const escaped = /^(?:x[0-9A-Fa-f]{2}|x\{[0-9A-Fa-f]{1,4}\}|u[0-9A-Fa-f]{4}|[\s\S])/.exec(pattern.slice(at, at + 8))?.[0] ?? '';
    const known = escapedClasses[escaped];
    const code = literalEscape(escaped);
    if (known === undefined && code === undefined) refuse(`has “\\${escaped}”, which is not supported`);
    at += escaped.length;
    return known ?? isExactly(code as number);
  }

  function toStep(accepts: Accepts): Step {
    const { ignoreCase } = flags;
    return { type: 'character', accepts: ignoreCase ? (code) => accepts(code) || otherCases(code).some(accepts) : accepts };
  }

  function bounded(steps: Step[]): Step[] {
    if (steps.length > maxSteps) refuse('is too large');
    return steps;
  }
}

function shift(steps: readonly Step[], by: number): Step[] {
  return steps.map((step) => (step.type === 'split' || step.type === 'jump' ? { type: step.type, target: step.target + by } : step));
}

function isExactly(expected: number): Accepts {
  return (code) => code === expected;
}

function otherCases(code: number): readonly number[] {
  const character = String.fromCharCode(code);
  return [character.toLowerCase().charCodeAt(0), character.toUpperCase().charCodeAt(0)];
}

const isDigit: Accepts = (code) => code >= 48 && code <= 57;
const isWord: Accepts = (code) => isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
const isSpace: Accepts = (code) => code === 32 || (code >= 9 && code <= 13);
const escapedClasses: Readonly<Record<string, Accepts>> = {
  d: isDigit,
  D: (code) => !isDigit(code),
  w: isWord,
  W: (code) => !isWord(code),
  s: isSpace,
  S: (code) => !isSpace(code),
};
const controlEscapes: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7, '0': 0 };

/** The code of an escape that stands for one character, or undefined. */
function literalEscape(text: string): number | undefined {
  if (text.length > 1) return Number.parseInt(text.replace(/[xu{}]/g, ''), 16);
  return controlEscapes[text] ?? (/^[^A-Za-z0-9]$/.test(text) ? text.charCodeAt(0) : undefined);
}

/** A piece of two texts laid beside each other. */
export interface DiffPart {
  readonly type: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Above this many words on either side, what differs in the middle is shown as a whole: the table would need words² cells. */
const mostWords = 1_500;
/** Equal stretches are shown by their ends only. */
const shownAround = 60;

/** What was taken out of the first text and put into the second, word by word, equal stretches shortened. Empty when they are equal. */
export function diffWords(before: string, after: string): readonly DiffPart[] {
  if (before === after) return [];
  const a = toWords(before);
  const b = toWords(after);
  const start = countEqual(a, b);
  const end = countEqual(a.slice(start).reverse(), b.slice(start).reverse());
  const middle = diffMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return shorten(join([...same(a.slice(0, start)), ...middle, ...same(a.slice(a.length - end))]));
}

/** Words with the white space behind them, so that joined they are the text. */
function toWords(text: string): readonly string[] {
  return text.match(/\S+\s*|\s+/g) ?? [];
}

function countEqual(a: readonly string[], b: readonly string[]): number {
  const most = Math.min(a.length, b.length);
  for (let at = 0; at < most; at += 1) if (a[at] !== b[at]) return at;
  return most;
}

/** The longest common subsequence by the textbook's table. */
function diffMiddle(a: readonly string[], b: readonly string[]): DiffPart[] {
  if (a.length > mostWords || b.length > mostWords) return [...removed(a), ...added(b)];
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const parts: DiffPart[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      parts.push({ type: 'same', text: a[i] ?? '' });
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) parts.push({ type: 'removed', text: a[i++] ?? '' });
    else parts.push({ type: 'added', text: b[j++] ?? '' });
  }
  return [...parts, ...removed(a.slice(i)), ...added(b.slice(j))];
}

const toParts =
  (type: DiffPart['type']) =>
  (words: readonly string[]): DiffPart[] =>
    words.map((text) => ({ type, text }));
const same = toParts('same');
const removed = toParts('removed');
const added = toParts('added');

function join(parts: readonly DiffPart[]): readonly DiffPart[] {
  const joined: { type: DiffPart['type']; text: string }[] = [];
  for (const { type, text } of parts) {
    const last = joined.at(-1);
    if (last?.type === type) last.text += text;
    else joined.push({ type, text });
  }
  return joined;
}

function shorten(parts: readonly DiffPart[]): readonly DiffPart[] {
  return parts.map((part, index) => {
    if (part.type !== 'same' || part.text.length <= 2 * shownAround + 3) return part;
    const head = index === 0 ? '' : part.text.slice(0, shownAround);
    const tail = index === parts.length - 1 ? '' : part.text.slice(-shownAround);
    return { type: 'same', text: `${head}…${tail}` };
  });
}

/** Something that an expression may say, and what it is. */
export interface ExpressionName {
  /** `inputs.in` or `brief.topic`. */
  readonly path: string;
  readonly detail: string;
}

export type ExpressionForm = 'expression' | 'template';

/** What could be written at the caret, and the part of the text that it would replace. */
export interface Completion {
  readonly names: readonly ExpressionName[];
  readonly start: number;
  readonly end: number;
  /** What has to follow the name: the end of a `{{` that is still open. */
  readonly suffix: string;
}

const most = 12;

/** Completes the name before the caret. Null outside expressions, and where nothing fits. */
export function completeAt(text: string, caret: number, form: ExpressionForm, names: readonly ExpressionName[]): Completion | null {
  const opening = form === 'template' ? text.lastIndexOf('{{', caret - 1) : 0;
  if (opening === -1) return null;
  const from = form === 'template' ? opening + 2 : 0;
  if (from > caret) return null;
  const before = text.slice(from, caret);
  if (form === 'template' && before.includes('}}')) return null;
  if (isInText(before)) return null;
  const typed = /[A-Za-z_][\w.]*$/.exec(before)?.[0] ?? '';
  // After a value there can be no name: `brief.topic |` or `1|`.
  if (typed === '' && /[\w)\]"'.]\s*$/.test(before)) return null;
  const found = rank(names, typed).slice(0, most);
  if (found.length === 0 || (found.length === 1 && found[0]?.path === typed)) return null;
  const rest = /^[\w.]*/.exec(text.slice(caret))?.[0] ?? '';
  const isOpen = form === 'template' && !isClosedAhead(text.slice(caret));
  return { names: found, start: caret - typed.length, end: caret + rest.length, suffix: isOpen ? ' }}' : '' };
}

/** The text with the completion written into it, and where the caret goes. */
export function applyCompletion(
  text: string,
  { start, end, suffix }: Completion,
  path: string,
): { readonly text: string; readonly caret: number } {
  const space = text.slice(0, start).endsWith('{{') ? ' ' : '';
  const written = `${space}${path}${suffix}`;
  return { text: text.slice(0, start) + written + text.slice(end), caret: start + written.length };
}

function rank(names: readonly ExpressionName[], typed: string): readonly ExpressionName[] {
  const words = typed.toLowerCase();
  const score = ({ path }: ExpressionName) => {
    const lower = path.toLowerCase();
    if (lower.startsWith(words)) return 0;
    if (lower.split('.').some((part) => part.startsWith(words))) return 1;
    return lower.includes(words) ? 2 : 3;
  };
  return names.filter((name) => score(name) < 3).toSorted((a, b) => score(a) - score(b));
}

/** True when a `}}` comes before the next `{{`. */
function isClosedAhead(rest: string): boolean {
  const close = rest.indexOf('}}');
  const open = rest.indexOf('{{');
  return close !== -1 && (open === -1 || close < open);
}

/** True inside a quoted text that is still open. */
function isInText(before: string): boolean {
  let quote: string | null = null;
  for (let at = 0; at < before.length; at += 1) {
    const character = before.charAt(at);
    if (quote !== null && character === '\\') at += 1;
    else if (quote === null && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = null;
  }
  return quote !== null;
}

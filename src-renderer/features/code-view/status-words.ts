import type { CodeState } from './code-session.ts';

/** What is said above the code. */
export interface StatusWords {
  readonly title: string;
  readonly text: string;
  readonly isProblem: boolean;
}

/** Nothing while text and canvas say the same in plain words. */
export function toStatusWords(state: CodeState | null, isOnline: boolean): StatusWords | null {
  if (state === null) return null;
  const { status, isComputed, problems } = state;
  if (status === 'broken') {
    const [first] = problems;
    const more = problems.length > 1 ? ` And ${problems.length - 1} more.` : '';
    return {
      title: 'The code cannot be read; the canvas keeps the last workflow that could.',
      text: `${first?.message ?? ''}${more}`,
      isProblem: true,
    };
  }
  if (status === 'reading') return isComputed ? { title: 'Running the code…', text: '', isProblem: false } : null;
  if (!isComputed) return null;
  return {
    title: 'This code computes its workflow.',
    text: isOnline ? 'A change on the canvas writes it anew, as plain calls.' : 'It is run again when the host is back.',
    isProblem: false,
  };
}

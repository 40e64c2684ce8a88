import { UnreadableText } from './code-problem.ts';
import { listComments, type TextComment } from './list-comments.ts';
import type { Located } from './located.ts';
import { createLiteralReader } from './read-literal.ts';

/** A text as one value and the comments in it. */
export interface ReadText {
  readonly root: Located;
  readonly comments: readonly TextComment[];
}

/** Reads JSON that may have comments and commas at the end. Throws `UnreadableText`. */
export function readJson(text: string): ReadText {
  const reader = createLiteralReader(text, 'json');
  const root = reader.readValue();
  if (!reader.isAtEnd()) throw new UnreadableText('There is something after the end of the workflow.', reader.at(), text.length);
  return { root, comments: listComments(text) };
}

import { stripTypeScriptTypes } from 'node:module';
import { toOffset, UnreadableText } from '#shared/workflow/code/code-problem.ts';

/** The text without its types, every line and column where it was. Throws `UnreadableText` for what is no TypeScript, or more than types. */
export function stripTypes(text: string): string {
  const { emitWarning } = process;
  // Node says with the first use that the function may change; that is not for whoever writes a workflow.
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(text);
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    throw toUnreadable(text, thrown);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** The compiler tells the place only in its stack: the line in the first line of it, the column by what stands under the code. */
function toUnreadable(text: string, { message, stack = '' }: SyntaxError): UnreadableText {
  const [first = '', ...lines] = stack.split('\n');
  const line = Number(/:(\d+)$/.exec(first)?.[1] ?? 1);
  const marks = lines.find((candidate) => /^\s*\^+\s*$/.test(candidate)) ?? '^';
  const start = toOffset(text, { line, column: marks.indexOf('^') + 1 });
  return new UnreadableText(message.endsWith('.') ? message : `${message}.`, start, Math.min(start + marks.trim().length, text.length));
}

/** The name under which a user's script is compiled, and by which its frames are found again. */
export const scriptName = 'heddle-script.js';

const frame = /heddle-script\.js:(\d{1,9}):(\d{1,9})\b/;
const syntaxSuffix = / \[(?:heddle-script\.js|<isolated-vm>|sandbox)(?::(\d+):(\d+))?\]$/;

/** The first place in a stack that lies in the user's script, one-based; nothing when there is none. */
export function locateThrown(stack: string): { line?: number; column?: number } {
  const found = frame.exec(stack);
  return found ? { line: Number(found[1]), column: Number(found[2]) } : {};
}

/** A compiler's message without its place, and the place; an error after the last line belongs to our wrapper and means an open bracket. */
export function locateSyntaxError(message: string, source: string): { message: string; line?: number; column?: number } {
  const found = syntaxSuffix.exec(message);
  const bare = message.replace(syntaxSuffix, '').slice(0, 4_096);
  if (!found?.[1] || !found[2]) return { message: bare };
  const lines = source.split('\n');
  const line = Number(found[1]);
  if (line <= lines.length) return { message: bare, line, column: Number(found[2]) };
  return {
    message: 'Unexpected end of the script: a bracket, a quotation or a comment is not closed.',
    line: lines.length,
    column: (lines.at(-1) ?? '').length + 1,
  };
}

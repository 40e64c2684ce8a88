import { z } from 'zod';
import { HeddleError } from '#shared/base/errors.ts';
import { jsonValueSchema } from '#shared/base/json.ts';
import { type CodeProblem, toOffset, UnreadableText } from '#shared/workflow/code/code-problem.ts';
import { maskTexts } from '#shared/workflow/code/list-comments.ts';
import { type CodeReading, readCode, readRecorded } from '#shared/workflow/code/read-code.ts';
import { writeCode } from '#shared/workflow/code/write-code.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { recorderEnd, recorderPreamble } from './recorder.ts';
import { stripTypes } from './strip-types.ts';
import type { WorkflowCode } from './workflow-code.ts';

/** Code that only builds a document is done in moments. */
const limits = { wallMs: 5_000, cpuMs: 2_000, memoryMb: 64, outputBytes: 16 * 1024 * 1024 };

/** Code runs in the sandbox, without any capability: it can only call the builder, and its calls come back as data. */
export function createWorkflowCode(sandbox: Pick<Sandbox, 'run'>): WorkflowCode {
  return {
    read: async (text, form, before, signal) => {
      const reading = readCode(text, form, before);
      return reading.isComputed ? run(text, before, signal) : reading;
    },
    write: async (document, form, layout) => writeCode(document, form, layout),
  };

  async function run(text: string, before: WorkflowDocument | null, signal: AbortSignal): Promise<CodeReading> {
    try {
      const script = `${recorderPreamble}${toScript(stripTypes(text))}${recorderEnd}`;
      const { value } = await sandbox.run({ source: script, input: null, limits }, signal);
      const calls = z.array(callSchema).parse(value);
      return readRecorded(
        text,
        calls.map(({ method, args, line, column }) => ({ method, args, start: toCallStart(text, toOffset(text, { line, column })) })),
        before,
      );
    } catch (thrown) {
      const problem = toProblem(text, thrown);
      if (problem === undefined) throw thrown;
      return { document: null, problems: [problem], entries: [], isComputed: true };
    }
  }
}

const callSchema = z.strictObject({ method: z.string(), args: z.array(jsonValueSchema), line: z.int(), column: z.int() });

/** The module as the body of a function, every line and column where it was: the import becomes a constant, the export is written down. */
function toScript(text: string): string {
  const code = maskTexts(text);
  let script = text;
  const replace = (start: number, before: string, after: string) => {
    script = `${script.slice(0, start)}${after.padEnd(before.length)}${script.slice(start + before.length)}`;
  };
  for (const found of code.matchAll(/^[ \t]*import\b[^;'"]*(?:['"] *['"])?/gm)) {
    const written = text.slice(found.index, found.index + found[0].length);
    const parts = /^(\s*)import(\s*\{[\w\s,$]*\}\s*)from(\s*)(['"])heddle\4$/.exec(written);
    if (parts === null)
      throw new UnreadableText(
        'Only import { workflow } from "heddle" is known here: the code of a workflow loads nothing else.',
        found.index,
        found.index + found[0].length,
      );
    const [, lead = '', names = '', space = ''] = parts;
    replace(found.index, written, `${lead}const ${names.replaceAll(/\bas\b/g, ': ')} =  ${space}heddle`);
  }
  for (const found of code.matchAll(/^([ \t]*)export(\s+)default\b/gm)) {
    const [whole, lead = '', space = ''] = found;
    // As long as what it replaces: `heddle.chosen=` for `export default`.
    replace(found.index, whole, `${lead}heddle.chosen${space.slice(1)}=`);
  }
  return script;
}

/** A call of a chain is told by where its method's name stands; it begins with the dot. */
function toCallStart(text: string, offset: number): number {
  return text.charAt(offset - 1) === '.' ? offset - 1 : offset;
}

function toProblem(text: string, thrown: unknown): CodeProblem | undefined {
  if (thrown instanceof UnreadableText) return { severity: 'error', message: thrown.message, start: thrown.start, end: thrown.end };
  if (!(thrown instanceof HeddleError)) return undefined;
  if (thrown.code === 'sandbox.threw') {
    const { line, column, message } = thrown.details ?? {};
    const isPlaced = typeof line === 'number' && typeof column === 'number';
    const start = isPlaced ? toOffset(text, { line, column: Math.max(1, line === 1 ? column - recorderPreamble.length : column) }) : 0;
    const newline = text.indexOf('\n', start);
    return { severity: 'error', message: String(message), start, end: newline === -1 ? text.length : newline };
  }
  const ends: readonly string[] = ['sandbox.timedOut', 'sandbox.outOfMemory', 'sandbox.crashed'];
  return ends.includes(thrown.code)
    ? { severity: 'error', message: thrown.message, start: 0, end: Math.max(0, text.indexOf('\n')) }
    : undefined;
}

import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { HeddleError } from '#shared/base/errors.ts';
import { type CodeForm, toCodeForm } from '#shared/workflow/code/code-form.ts';
import { toLineAndColumn } from '#shared/workflow/code/code-problem.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { openSandbox } from '../host/open-sandbox.ts';
import { openWorkflowCode } from '../host/open-workflow-code.ts';
import { systemClock } from '../host/system-clock.ts';
import { UsageError } from './exit-codes.ts';

/** The text of a file; of standard input when it is called `-`. */
export async function readText(path: string, shownPath: string): Promise<string> {
  if (shownPath !== '-')
    return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(`${shownPath} cannot be read: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}.`);
    });
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** The form of the code in a file, by its name, or for standard input by its first character. */
export function toForm(shownPath: string, text: string): CodeForm {
  if (shownPath === '-')
    return text.trimStart().startsWith('{') ? 'json' : /^\s*(\/\/|\/\*|import\b|export\b|const\b|workflow\s*\()/.test(text) ? 'ts' : 'yaml';
  const form = toCodeForm(basename(shownPath));
  if (form === undefined) throw new UsageError(`${shownPath} is no workflow: its name must end in .heddle.json, .json, .yaml or .ts.`);
  return form;
}

/**
 * The document that code describes; TypeScript that computes runs in the sandbox. Rejects with `workflow.malformed`, whose message
 * lists what is wrong by line and column.
 */
export async function buildDocument(text: string, form: CodeForm, shownPath: string, signal: AbortSignal): Promise<WorkflowDocument> {
  const sandbox = openSandbox(systemClock);
  try {
    const { document, problems } = await openWorkflowCode(sandbox).read(text, form, null, signal);
    if (document !== null) return document;
    const placed = problems.map(({ message, start }) => ({ message, ...toLineAndColumn(text, start) }));
    const name = shownPath === '-' ? 'standard input' : shownPath;
    const words = placed.slice(0, 20).map(({ line, column, message }) => `${name}:${line}:${column} ${message}`);
    throw new HeddleError('workflow.malformed', `The workflow cannot be read.\n${words.join('\n')}`, { details: { problems: placed } });
  } finally {
    await sandbox.close();
  }
}

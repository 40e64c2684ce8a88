import { resolve } from 'node:path';
import { codeForms } from '#shared/workflow/code/code-form.ts';
import { toDslTypes } from '#shared/workflow/code/dsl-types.ts';
import { writeCode } from '#shared/workflow/code/write-code.ts';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import { buildDocument, readText, toForm } from './code-file.ts';
import { type Command, commonOptions } from './command.ts';
import { exitCodes, UsageError } from './exit-codes.ts';

/** `heddle code`: the same workflow in another form. */
export const codeCommand: Command = {
  usage: 'heddle code <file | -> --as json|yaml|ts [--layout] | heddle code --types',
  summary: 'write a workflow as JSON, YAML or TypeScript',
  help: `Reads a workflow in any of its forms (a workflow file, YAML, TypeScript; - is standard input) and writes it to standard output.
TypeScript that computes runs in the sandbox, where it can do nothing but build a workflow. Comments come along.

  --as json   a workflow file: save it as name.heddle.json. What has no place on the canvas yet gets one
  --as yaml   YAML, --as ts   TypeScript; both leave out where nodes stand and in which order edges were drawn
  --layout    write that as well, so that the way back gives the same file byte for byte
  --types     the types of the TypeScript form, for an editor of yours: save them as heddle.d.ts beside your file`,
  positionals: [],
  optionalPositionals: ['file | -'],
  options: { ...commonOptions, as: { type: 'string' }, layout: { type: 'boolean' }, types: { type: 'boolean' } },
  run: async (args, { output, cwd, interrupted }) => {
    if (args.isSet('types')) {
      output.line(toDslTypes().trimEnd());
      return exitCodes.succeeded;
    }
    const [file] = args.positionals;
    const as = codeForms.find((form) => form === args.text('as'));
    if (file === undefined) throw new UsageError(`<file | -> is missing.\n\nUsage: ${codeCommand.usage}`);
    if (as === undefined) throw new UsageError(`--as is ${codeForms.join(', ')}, not ${JSON.stringify(args.text('as') ?? null)}.`);
    const text = await readText(resolve(cwd, file), file);
    const document = await buildDocument(text, toForm(file, text), file, interrupted);
    const written = as === 'json' ? formatWorkflowFile(document) : writeCode(document, as, { withLayout: args.isSet('layout') });
    output.line(written.trimEnd());
    return exitCodes.succeeded;
  },
};

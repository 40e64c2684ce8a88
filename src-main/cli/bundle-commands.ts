import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HeddleError } from '#shared/base/errors.ts';
import type { ImportList, Need } from '#shared/contract/bundles.ts';
import { bundleExtension } from '#shared/workflow/bundle.ts';
import { workflowExtension } from '#shared/workflow/file-name.ts';
import { refuseBundle } from '../workspace/bundle-import.ts';
import { parseBundle } from '../workspace/bundles.ts';
import { errnoOf, isMissing, toDiskRefusal } from '../workspace/disk-refusals.ts';
import { createFile } from '../workspace/durable-file.ts';
import { type Command, commonOptions, readCommandConfiguration } from './command.ts';
import { connect } from './connect.ts';
import { exitCodes } from './exit-codes.ts';
import type { Output } from './output.ts';

/** `heddle export`: one workflow with what it needs, as one file. */
export const exportCommand: Command = {
  usage: 'heddle export <workflow> [--to FILE] [--without-files | --file PATH …] [--dry-run] [--workspace DIR] [--json]',
  summary: 'write a workflow with what it needs into one file',
  help: `The workflow goes with those that it runs, the files that its inputs name, and the scripts of its scripted models. --file names the files instead,
--without-files takes none. Values of secrets are never in it. --dry-run says what it would hold and need, and writes nothing; an existing file is never replaced.`,
  positionals: ['workflow'],
  options: {
    ...commonOptions,
    to: { type: 'string' },
    file: { type: 'string', multiple: true },
    'without-files': { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  run: async (args, context) => {
    const { output } = context;
    const [path = ''] = args.positionals;
    const connection = await connect(await readCommandConfiguration(args, context), 'reading');
    try {
      const list = await connection.api.bundle.list({ path });
      const named = args.texts('file');
      const files = args.isSet('without-files') ? [] : named.length > 0 ? named : list.files.map((file) => file.path);
      const target = resolve(context.cwd, args.text('to') ?? `${list.name.replace(/[\\/:*?"<>|]+/g, ' ').trim()}${bundleExtension}`);
      if (!args.isSet('dry-run')) {
        const bundle = await connection.api.bundle.export({ path, files: [...files] });
        await createFile(target, `${JSON.stringify(bundle, null, 2)}\n`).catch((error: unknown) => {
          if (errnoOf(error) === 'EEXIST')
            throw new HeddleError('workflow.exists', `There already is a file ${target}. Give another name with --to.`, {
              details: { path: target },
            });
          throw toDiskRefusal(error, `write ${target}`);
        });
      }
      if (args.isSet('json')) output.json({ ...list, files, writtenTo: args.isSet('dry-run') ? null : target });
      else {
        for (const workflow of list.workflows) output.line(`  workflow  ${workflow}`);
        for (const file of files) output.line(`  file      ${file}`);
        printNeeds(output, list.needs);
        output.line(args.isSet('dry-run') ? 'Nothing was written.' : `Written to ${target}`);
      }
      return exitCodes.succeeded;
    } finally {
      await connection.close();
    }
  },
};

/** `heddle import`: a bundle into the workspace, under free names. */
export const importCommand: Command = {
  usage: 'heddle import <bundle> [--dry-run] [--workspace DIR] [--json]',
  summary: 'bring an exported workflow into the workspace',
  help: `Nothing is replaced: what is there with the same content is used, beside what differs a free name is taken, and what names it follows.
Nothing is started and no secret is read. --dry-run says where everything would go and what is missing here, and writes nothing.`,
  positionals: ['bundle'],
  options: { ...commonOptions, 'dry-run': { type: 'boolean' } },
  run: async (args, context) => {
    const { output } = context;
    const [file = ''] = args.positionals;
    const isDry = args.isSet('dry-run');
    const path = resolve(context.cwd, file);
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (isMissing(error)) throw new HeddleError('request.notFound', `There is no file ${path}.`, { details: { path } });
      throw toDiskRefusal(error, `read ${path}`);
    });
    const bundle = parseBundle(text, refuseBundle);
    const connection = await connect(await readCommandConfiguration(args, context), isDry ? 'reading' : 'running');
    try {
      const list = isDry ? await connection.api.bundle.check({ bundle }) : await connection.api.bundle.import({ bundle });
      if (args.isSet('json')) output.json({ ...list, isWritten: !isDry });
      else printImport(output, list, isDry);
      return exitCodes.succeeded;
    } finally {
      await connection.close();
    }
  },
};

function printImport(output: Output, list: ImportList, isDry: boolean): void {
  output.line(`${list.name}${list.description === '' ? '' : `: ${list.description}`}`);
  for (const { path, landsAt, change } of [...list.workflows, ...list.files]) {
    const type = path.endsWith(workflowExtension) ? 'workflow' : 'file';
    const words = { new: '', same: ' (there already, the same)', renamed: `  as  ${landsAt}` }[change];
    output.line(`  ${type.padEnd(8)}  ${path}${words}`);
  }
  printNeeds(output, list.needs);
  output.line(isDry ? 'Nothing was written.' : `Run it with: heddle run ${JSON.stringify(list.workflow)}`);
}

function printNeeds(output: Output, needs: readonly Need[]): void {
  for (const { type, name, isHere, note } of needs)
    output.line(`  needs     ${type} ${name}${isHere ? '' : '  MISSING HERE'}${note === null ? '' : `  (${note})`}`);
}

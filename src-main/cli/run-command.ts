import { realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import type { JsonObject } from '#shared/base/json.ts';
import type { HeddleApi } from '#shared/contract/client.ts';
import type { ApprovalMode } from '#shared/run/events.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { workflowExtension } from '#shared/workflow/file-name.ts';
import { listInputFields } from '#shared/workflow/input-fields.ts';
import { readWorkflow } from '../workspace/workflow-files.ts';
import { buildDocument, readText, toForm } from './code-file.ts';
import { type Command, commonOptions, readCommandConfiguration } from './command.ts';
import { connect } from './connect.ts';
import { UsageError } from './exit-codes.ts';
import { readInputs } from './input-values.ts';
import { partHelp, partOptions, readPart } from './part-flags.ts';
import { toUsd } from './steer-command.ts';
import { toReport, watchRun } from './watch-run.ts';

/** `heddle run`: starts a workflow file or a template and stays until it has ended or waits for a person. */
export const runCommand: Command = {
  usage:
    'heddle run <workflow file | - | template id> [--workspace DIR] [--input name=value | --input name=@file.json]… [--model provider/model] [--budget USD] [--approve all|none|ask] [--only NODE | --to NODE | --from NODE] [--pins] [--given node=JSON]… [--json]',
  summary: 'run a workflow file or a template',
  help: `A workflow file is name.heddle.json, or code: YAML or TypeScript (flow.yaml, flow.ts), or - for either on standard input. Code builds its workflow in the
sandbox first; the run carries what it built. \`heddle code --help\` says more.
The workspace is the one given by --workspace or HEDDLE_WORKSPACE, else the folder of the workflow file, or for a template the current folder.
If a host has that workspace open, it runs there; else in this process.

  --input name=value   an input of the workflow; repeat it for several. Texts as they are, everything else as JSON
  --input name=@file   the text of a file; parsed when its name ends in .json
  --model p/m          replaces the model of every node
  --budget USD         interrupt the run when its model calls have cost this much (exit code 3); \`heddle steer\` and \`heddle continue\` let it go on
  --approve ask        stop at approvals and say so (exit code 3); the default
  --approve all|none   answer every approval without asking
${partHelp}
  --json               events as lines of JSON, last {"type":"result",…}`,
  positionals: ['workflow file | - | template id'],
  options: {
    ...commonOptions,
    input: { type: 'string', multiple: true },
    model: { type: 'string' },
    approve: { type: 'string' },
    budget: { type: 'string' },
    ...partOptions,
  },
  run: async (args, context) => {
    const [target = ''] = args.positionals;
    const budget = args.text('budget');
    const approvalMode = toApprovalMode(args.text('approve'));
    const file = target === '-' ? '-' : findFile(resolve(context.cwd, target));
    const configuration = await readCommandConfiguration(args, context, file === undefined || file === '-' ? context.cwd : dirname(file));
    const connection = await connect(configuration, 'running');
    try {
      const { api } = connection;
      const source =
        file === undefined
          ? await fromTemplate(api, target)
          : await fromFile(file, realpathSync(configuration.workspace), target, context.interrupted);
      const given = await readInputs(args.texts('input'), listInputFields(source.document), context.cwd);
      const part = await readPart(args, source.document, context.cwd);
      const { runId } = await api.run.start({
        source: source.path === null ? { type: 'document', document: source.document } : { type: 'file', path: source.path },
        inputs: { ...source.exampleInputs, ...given },
        approvalMode,
        ...(args.text('model') === undefined ? {} : { modelOverride: args.text('model') }),
        startedBy: 'cli',
        ...(budget === undefined ? {} : { budgetUsd: toUsd(budget) }),
        ...(part === undefined ? {} : { part }),
      });
      return await watchRun(connection, runId, toReport(args, context), context);
    } finally {
      await connection.close();
    }
  },
};

interface Source {
  /** Inside the workspace, or null. */
  readonly path: string | null;
  readonly document: WorkflowDocument;
  readonly exampleInputs: JsonObject;
}

function toApprovalMode(text: string | undefined): ApprovalMode {
  if (text === undefined || text === 'ask' || text === 'all' || text === 'none') return text ?? 'ask';
  throw new UsageError(`--approve is all, none or ask, not ${JSON.stringify(text)}.`);
}

/** A folder may have the name of a template; with the name of a workflow it is a mistake. */
function findFile(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true && path.endsWith(workflowExtension)) throw new UsageError(`${path} is a folder, not a workflow file.`);
  return stats?.isFile() === true ? realpathSync(path) : undefined;
}

/** Code, and a file outside the workspace, is run as the document that it holds. */
async function fromFile(file: string, root: string, shownPath: string, signal: AbortSignal): Promise<Source> {
  if (file === '-' || !file.endsWith('.json')) {
    const text = await readText(file, shownPath);
    return { path: null, document: await buildDocument(text, toForm(shownPath, text), shownPath, signal), exampleInputs: {} };
  }
  const { document } = await readWorkflow(file, shownPath);
  const path = relative(root, file);
  const isInside = path !== '' && !path.startsWith('..') && !isAbsolute(path) && file.endsWith(workflowExtension);
  return { path: isInside ? path.split(sep).join('/') : null, document, exampleInputs: {} };
}

async function fromTemplate(api: HeddleApi, id: string): Promise<Source> {
  const templates = await api.template.list();
  if (!templates.some((template) => template.id === id)) {
    throw new UsageError(
      `There is no file ${id} and no template of that name. Templates: ${templates.map((template) => template.id).join(', ') || 'none'}.`,
    );
  }
  return api.template.instantiate({ id, reuse: true });
}

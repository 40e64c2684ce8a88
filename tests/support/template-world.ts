import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHost, type Host } from '#main/host/composition.ts';
import { gatherSubworkflows } from '#main/runtime/subworkflows.ts';
import type { JsonObject } from '#shared/base/json.ts';
import type { ApprovalAnswer, OpenApproval } from '#shared/contract/runs.ts';
import { isFinal } from '#shared/run/plan-next.ts';
import type { RunState } from '#shared/run/state.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';

/** A template in a workspace of its own, under the real host: real journal, files, tools and sandbox; the scripted model does not dawdle. */
export interface TemplateWorld {
  readonly host: Host;
  /** The folder that all of it lies in; a test may put things beside the workspace. */
  readonly folder: string;
  readonly workspace: string;
  readonly document: WorkflowDocument;
  readonly exampleInputs: JsonObject;
  /** Runs it to its end, with some of the example inputs replaced; every question is granted unless `answer` says otherwise, every signal sent. */
  run(inputs?: JsonObject, answer?: (approval: OpenApproval) => ApprovalAnswer): Promise<RunState>;
  close(): Promise<void>;
}

/** Instantiates a template as the gallery does. */
export async function openTemplate(id: string): Promise<TemplateWorld> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `heddle-${id}-`)));
  const workspace = join(folder, 'workspace');
  mkdirSync(workspace);
  const host = createHost({ home: join(folder, 'home'), workspace, port: 0, readOnly: false, token: undefined, logLevel: 'error' });
  const { runs, templates, workflows } = host.services;
  const { path, document, exampleInputs } = await templates.instantiate(id, undefined);
  hurryScript(join(workspace, 'scripts', `${id}.script.json`));
  const { signal } = new AbortController();

  return {
    host,
    folder,
    workspace,
    document,
    exampleInputs,
    run: async (inputs = {}, answer = () => ({ type: 'grant' })) => {
      const { runId } = await runs.start({
        document,
        workflowPath: path,
        inputs: { ...exampleInputs, ...inputs },
        approvalMode: 'ask',
        modelOverride: null,
        startedBy: 'test',
        subworkflows: await gatherSubworkflows(document, async (file) => (await workflows.open(file)).document),
      });
      let state = await runs.settled(runId, signal);
      while (!isFinal(state.status)) {
        for (const approval of runs.openApprovals()) await runs.decide(runId, approval.approvalId, answer(approval), 'test');
        for (const { name } of state.openSignalWaits) await runs.signal(runId, name, 'Kim', 'test');
        state = await runs.settled(runId, signal);
      }
      return state;
    },
    close: async () => {
      await host.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Takes the pauses out of a script, which are there for the eyes; the rules stay. */
export function hurryScript(path: string): void {
  if (!existsSync(path)) return;
  const script = JSON.parse(readFileSync(path, 'utf8')) as { rules: { do: { pace?: unknown; wait?: unknown } }[] };
  for (const rule of script.rules) {
    delete rule.do.pace;
    delete rule.do.wait;
  }
  writeFileSync(path, JSON.stringify(script));
}

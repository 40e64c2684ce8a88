import type { JsonObject } from '#shared/base/json.ts';
import type { NodeKindName } from '#shared/nodes/registry.ts';
import type { Executor } from '../runtime/executor.ts';
import { runAgent } from './agent.ts';
import { runApproval } from './approval.ts';
import { runBranch } from './branch.ts';
import { runCode } from './code.ts';
import { runDelay } from './delay.ts';
import { runForm } from './form.ts';
import { runInput } from './input.ts';
import { runLoop } from './loop.ts';
import { runMap } from './map.ts';
import { runMerge } from './merge.ts';
import { runOutput } from './output.ts';
import { runPrompt } from './prompt.ts';
import { runSignal } from './signal.ts';
import { runSubflow } from './subflow.ts';
import { runTool } from './tool.ts';
import { runTransform } from './transform.ts';

/** How each kind runs. A new kind that is not here does not compile; notes only decorate and never run. */
export const executors: Readonly<Record<Exclude<NodeKindName, 'note'>, Executor<JsonObject>>> = {
  input: forgetConfig(runInput),
  output: forgetConfig(runOutput),
  agent: forgetConfig(runAgent),
  prompt: forgetConfig(runPrompt),
  tool: forgetConfig(runTool),
  code: forgetConfig(runCode),
  branch: forgetConfig(runBranch),
  merge: forgetConfig(runMerge),
  transform: forgetConfig(runTransform),
  map: forgetConfig(runMap),
  loop: forgetConfig(runLoop),
  subflow: forgetConfig(runSubflow),
  approval: forgetConfig(runApproval),
  form: forgetConfig(runForm),
  delay: forgetConfig(runDelay),
  signal: forgetConfig(runSignal),
};

/** Sound because the runtime parses a node's config with the same kind's schema before it calls the executor. */
function forgetConfig<Config>(executor: Executor<Config>): Executor<JsonObject> {
  return executor as unknown as Executor<JsonObject>;
}

import type { JsonObject } from '../base/json.ts';
import { agentKind } from './agent/agent.ts';
import { approvalKind } from './approval/approval.ts';
import { branchKind } from './branch/branch.ts';
import { codeKind } from './code/code.ts';
import { delayKind } from './delay/delay.ts';
import { formKind } from './form/form.ts';
import { inputKind } from './input/input.ts';
import type { NodeKind } from './kind.ts';
import { loopKind } from './loop/loop.ts';
import { mapKind } from './map/map.ts';
import { mergeKind } from './merge/merge.ts';
import { noteKind } from './note/note.ts';
import { outputKind } from './output/output.ts';
import { promptKind } from './prompt/prompt.ts';
import { signalKind } from './signal/signal.ts';
import { subflowKind } from './subflow/subflow.ts';
import { toolKind } from './tool/tool.ts';
import { transformKind } from './transform/transform.ts';

/** Every kind of node this build knows, in palette order. A new kind is a name here, and the compiler asks for the rest. */
export const nodeKindNames = [
  'input',
  'output',
  'agent',
  'prompt',
  'tool',
  'code',
  'branch',
  'merge',
  'transform',
  'map',
  'loop',
  'subflow',
  'approval',
  'form',
  'delay',
  'signal',
  'note',
] as const;
export type NodeKindName = (typeof nodeKindNames)[number];

/** The kinds by name, with their config types forgotten; whoever knows the kind imports it directly. */
export const nodeKinds: Readonly<Record<NodeKindName, NodeKind>> = {
  input: forgetConfig(inputKind),
  output: forgetConfig(outputKind),
  agent: forgetConfig(agentKind),
  prompt: forgetConfig(promptKind),
  tool: forgetConfig(toolKind),
  code: forgetConfig(codeKind),
  branch: forgetConfig(branchKind),
  merge: forgetConfig(mergeKind),
  transform: forgetConfig(transformKind),
  map: forgetConfig(mapKind),
  loop: forgetConfig(loopKind),
  subflow: forgetConfig(subflowKind),
  approval: forgetConfig(approvalKind),
  form: forgetConfig(formKind),
  delay: forgetConfig(delayKind),
  signal: forgetConfig(signalKind),
  note: forgetConfig(noteKind),
};

/** True when this build knows the kind. */
function isNodeKindName(name: string): name is NodeKindName {
  return Object.hasOwn(nodeKinds, name);
}

/** The kind of this name, or undefined for one this build does not know. */
export function findKind(name: string): NodeKind | undefined {
  return isNodeKindName(name) ? nodeKinds[name] : undefined;
}

/** Sound as long as every config handed to `ports`, `summary` and `expressions` came from the same kind's `configSchema`. */
function forgetConfig<Config>(kind: NodeKind<Config>): NodeKind<JsonObject> {
  return kind as unknown as NodeKind<JsonObject>;
}

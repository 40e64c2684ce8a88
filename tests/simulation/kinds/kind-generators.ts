import { nodeKinds } from '#shared/nodes/registry.ts';
import {
  approvalGenerator,
  branchGenerator,
  inputGenerator,
  mergeGenerator,
  noteGenerator,
  outputGenerator,
  transformGenerator,
} from './data-kinds.ts';
import type { KindGenerator } from './kind-generator.ts';
import { agentGenerator, promptGenerator } from './model-kinds.ts';
import { delayGenerator, formGenerator, loopGenerator, mapGenerator, signalGenerator, subflowGenerator } from './structure-kinds.ts';
import { codeGenerator, toolGenerator } from './work-kinds.ts';

/** How each kind is made up, by its name. A test says which executable kinds of the registry are missing here. */
export const kindGenerators: Readonly<Record<string, KindGenerator>> = {
  input: inputGenerator,
  output: outputGenerator,
  agent: agentGenerator,
  prompt: promptGenerator,
  tool: toolGenerator,
  code: codeGenerator,
  branch: branchGenerator,
  merge: mergeGenerator,
  transform: transformGenerator,
  approval: approvalGenerator,
  map: mapGenerator,
  loop: loopGenerator,
  subflow: subflowGenerator,
  delay: delayGenerator,
  signal: signalGenerator,
  form: formGenerator,
  note: noteGenerator,
};

/** The executable kinds of this build that no workflow of a simulation will have. */
export function listKindsWithoutGenerator(): readonly string[] {
  return Object.values(nodeKinds)
    .filter(({ kind, isExecutable }) => isExecutable && !Object.hasOwn(kindGenerators, kind))
    .map(({ kind }) => kind);
}

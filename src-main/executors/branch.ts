import type { BranchConfig } from '#shared/nodes/branch/branch.ts';
import type { Executor } from '../runtime/executor.ts';
import { holdsIn } from './expressions.ts';

/** Passes its value on through the first case that holds, or through `else`; the other ways are skipped. */
export const runBranch: Executor<BranchConfig> = async (config, context) => {
  const taken = context.steeredCase() ?? config.cases.find((branchCase) => holdsIn(context, branchCase.when))?.name ?? 'else';
  context.takeBranch(taken);
  return { [taken]: context.inputs.in ?? null };
};

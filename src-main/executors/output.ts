import type { OutputConfig } from '#shared/nodes/output/output.ts';
import type { Executor } from '../runtime/executor.ts';

/** Keeps what arrives as an output of the run. */
export const runOutput: Executor<OutputConfig> = async (_config, context) => ({ value: context.inputs.value ?? null });

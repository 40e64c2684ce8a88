import type { InputConfig } from '#shared/nodes/input/input.ts';
import type { Executor } from '../runtime/executor.ts';

/** Hands out the inputs of the run, which were checked when it was started; a field left empty is null. */
export const runInput: Executor<InputConfig> = async (config, context) =>
  Object.fromEntries(config.fields.map((field) => [field.name, context.runInputs[field.name] ?? field.default ?? null]));

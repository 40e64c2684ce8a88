import { HeddleError } from '#shared/base/errors.ts';
import { toFieldSchema } from '#shared/nodes/field.ts';
import type { TransformConfig } from '#shared/nodes/transform/transform.ts';
import type { Executor } from '../runtime/executor.ts';
import { evaluateIn } from './expressions.ts';

/** Gives the value of an expression, checked against the type it says it has. */
export const runTransform: Executor<TransformConfig> = async (config, context) => {
  const value = evaluateIn(context, config.expression);
  const wrong = context.checkJson(toFieldSchema({ name: 'value', type: config.outputType, required: true }), value);
  if (wrong !== undefined) throw new HeddleError('node.outputInvalid', `The expression should give ${config.outputType}, but ${wrong}`);
  return { value };
};

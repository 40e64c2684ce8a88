import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import { type FormConfig, toFormSchema } from '#shared/nodes/form/form.ts';
import type { Executor } from '../runtime/executor.ts';
import { toAnswerDeadline } from './answer-deadline.ts';
import { renderIn } from './expressions.ts';

/** Asks a person to fill in a form; what arrived as a record fills in its fields beforehand. */
export const runForm: Executor<FormConfig> = async (config, context) => {
  const subject = {
    type: 'form',
    title: config.title,
    message: renderIn(context, config.message),
    schema: toFormSchema(config),
    value: toFirstValues(config, context.inputs.in ?? null),
  } as const;
  const answer = await context.askPerson(subject, toAnswerDeadline(config));
  return answer.type === 'granted' ? { values: answer.value } : { denied: answer.reason };
};

function toFirstValues({ fields }: FormConfig, arrived: JsonValue): JsonObject {
  const known = (typeof arrived === 'object' && !Array.isArray(arrived) ? (arrived ?? {}) : {}) as JsonObject;
  return Object.fromEntries(
    fields.flatMap(({ name, default: fallback }) => {
      const value = known[name] ?? fallback;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

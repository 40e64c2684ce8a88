import { HeddleError } from '#shared/base/errors.ts';
import type { JsonSchema, JsonValue } from '#shared/base/json.ts';
import type { ChatMessage } from '#shared/run/message.ts';
import type { NodeContext } from '../runtime/executor.ts';

/** How often a model may mend an answer that does not fit its schema. */
export const mostRepairs = 2;

export type StructuredAnswer = { readonly type: 'fits'; readonly json: JsonValue } | { readonly type: 'wrong'; readonly problem: string };

/** Reads a model's text as JSON of a shape. Fences around it are forgiven; anything else is said in one sentence. */
export function readStructured(context: NodeContext, schema: JsonSchema, text: string): StructuredAnswer {
  let json: JsonValue;
  try {
    json = JSON.parse(withoutFence(text)) as JsonValue;
  } catch (thrown) {
    return { type: 'wrong', problem: `The answer is not JSON: ${(thrown as Error).message}` };
  }
  const problem = context.checkJson(schema, json);
  return problem === undefined ? { type: 'fits', json } : { type: 'wrong', problem };
}

/** What the model is told when its answer did not fit. */
export function toRepairRequest(problem: string): ChatMessage {
  return { role: 'user', text: `${problem}\nAnswer again with nothing but JSON that fits the schema.` };
}

/** The refusal after the last repair. */
export function refuseAnswer(problem: string): HeddleError {
  return new HeddleError('node.outputInvalid', `The model's answer does not fit the schema after ${mostRepairs} repairs. ${problem}`);
}

function withoutFence(text: string): string {
  const trimmed = text.trim();
  const match = /^```(?:json)?\s*\n([\s\S]*)\n```$/.exec(trimmed);
  return match?.[1] ?? trimmed;
}

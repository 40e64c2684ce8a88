import { HeddleError, toHeddleError } from '#shared/base/errors.ts';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import { modelAnswerSchema, modelRequestSchema } from '#shared/run/message.ts';
import type { Attempt } from './attempt.ts';
import type { NodeContext, ToolCallOrder, ToolCallOutcome } from './executor.ts';
import type { Hooks } from './hooks.ts';

/**
 * The context with the hooks of the run around its model calls and tool calls. How often each point was passed below a frame says which
 * recorded saying belongs to which call, so that an executor that is started again meets the same answers.
 */
export function withHooks(context: NodeContext, attempt: Attempt, hooks: Hooks): NodeContext {
  if (!hooks.hasAny) return context;
  const { address, signal, start } = attempt;
  const passed = new Map<string, number>();

  function nextOrdinal(frame: string, what: 'model' | 'tool'): number {
    const key = `${what} ${frame}`;
    const ordinal = (passed.get(key) ?? 0) + 1;
    passed.set(key, ordinal);
    return ordinal;
  }
  const concern = (point: Parameters<Hooks['concern']>[0]) => hooks.concern(point, address);

  return {
    ...context,
    callModel(request, turnFrame) {
      if (!concern('beforeModelCall') && !concern('afterModelCall')) return context.callModel(request, turnFrame);
      const frame = turnFrame ?? start.frame;
      const place = { frame, ordinal: nextOrdinal(frame, 'model'), node: address };
      return attempt.activity.during(async () => {
        const asked = await hooks.ask('beforeModelCall', place, request as unknown as JsonValue, signal);
        const sent = asked === (request as unknown as JsonValue) ? request : parse(modelRequestSchema, asked, 'model request');
        const answer = await context.callModel(sent, turnFrame);
        const given = await hooks.ask('afterModelCall', place, answer as unknown as JsonValue, signal);
        return given === (answer as unknown as JsonValue) ? answer : parse(modelAnswerSchema, given, 'model answer');
      });
    },
    callTool(order) {
      if (!concern('beforeToolCall') && !concern('afterToolCall')) return context.callTool(order);
      const frame = order.turnFrame ?? start.frame;
      const place = { frame, ordinal: nextOrdinal(frame, 'tool'), node: address };
      return attempt.activity.during(() => callTool(order, place));
    },
  };

  async function callTool(order: ToolCallOrder, place: Parameters<Hooks['ask']>[1]): Promise<ToolCallOutcome> {
    const changed = order.arguments === null ? order : await changeOrder(order, place);
    const outcome = await context.callTool(changed);
    if (outcome.type === 'failed') return outcome;
    try {
      return { ...outcome, value: await hooks.ask('afterToolCall', place, outcome.value, signal) };
    } catch (thrown) {
      if (signal.aborted || !(thrown instanceof HeddleError)) throw thrown;
      return { type: 'failed', error: { code: thrown.code, message: thrown.message } };
    }
  }

  /** A refused call is journalled like any other that must not be made, and the model is told why. */
  async function changeOrder(order: ToolCallOrder, place: Parameters<Hooks['ask']>[1]): Promise<ToolCallOrder> {
    const value = { tool: order.tool, arguments: order.arguments ?? {} };
    try {
      const asked = await hooks.ask('beforeToolCall', place, value, signal);
      if (asked === (value as JsonValue)) return order;
      const args = (asked as JsonObject | null)?.arguments;
      if (typeof args !== 'object' || args === null || Array.isArray(args))
        throw new HeddleError('node.vetoed', 'A hook must give the changed call as {"arguments": {…}}.');
      return { ...order, arguments: args as JsonObject };
    } catch (thrown) {
      if (signal.aborted || !(thrown instanceof HeddleError)) throw thrown;
      return { ...order, refusal: thrown.message };
    }
  }
}

interface Schema<Value> {
  safeParse(
    value: unknown,
  ): { readonly success: true; readonly data: Value } | { readonly success: false; readonly error: { readonly message: string } };
}

function parse<Value>(schema: Schema<Value>, value: JsonValue, what: string): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw toHeddleError({ code: 'node.vetoed', message: `A hook made a ${what} that is none: ${parsed.error.message.slice(0, 300)}` });
}

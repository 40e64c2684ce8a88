import { z } from 'zod';
import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject, JsonSchema, JsonValue } from '#shared/base/json.ts';
import type { EffectClass } from '#shared/run/events.ts';
import { capValue } from './cap-value.ts';
import { withDeadline } from './deadline.ts';
import type { Tool, ToolCallContext, ToolDefinition } from './tool.ts';

/** What a tool's `run` gets besides its arguments. `signal` also aborts when the tool's time is up. */
export interface ToolRunContext extends ToolCallContext {
  /** Read no more than this: what is beyond is cut anyway. */
  readonly outputCapBytes: number;
  /** Says that the value is only a part because the tool itself stopped reading. */
  markTruncated(): void;
}

/** A built-in tool as its author writes it: the types of `run` follow from the two schemas. */
export interface ToolSpec<Input extends z.ZodType, Output extends z.ZodType> {
  readonly name: string;
  readonly description: string;
  readonly input: Input;
  readonly output: Output;
  /** The weakest promise over all arguments. */
  readonly effect: EffectClass;
  /** What is promised for these arguments, where that is more. */
  readonly effectOf?: (args: z.output<Input>) => EffectClass;
  readonly approval: ToolDefinition['approval'];
  readonly timeoutMs: number;
  readonly outputCapBytes: number;
  readonly clock: Clock;
  readonly run: (args: z.output<Input>, context: ToolRunContext) => Promise<z.output<Output>>;
}

/** A tool from its typed definition: checks arguments, ends within its timeout (`tool.timedOut`), cuts what exceeds its cap. */
export function defineTool<Input extends z.ZodType, Output extends z.ZodType>(spec: ToolSpec<Input, Output>): Tool {
  const { name, timeoutMs, outputCapBytes, clock } = spec;
  const parse = (args: JsonObject): z.output<Input> => {
    const parsed = spec.input.safeParse(args);
    if (parsed.success) return parsed.data;
    throw new HeddleError('tool.argumentsInvalid', `The arguments of ${name} do not fit: ${toSentence(parsed.error)}.`);
  };
  return {
    definition: {
      name,
      description: spec.description,
      inputSchema: toJsonSchema(spec.input, 'input'),
      outputSchema: toJsonSchema(spec.output, 'output'),
      effect: spec.effect,
      approval: spec.approval,
      timeoutMs,
      outputCapBytes,
      source: { type: 'builtin' },
    },
    effectOf: (args) => spec.effectOf?.(parse(args)) ?? spec.effect,
    run: async (args, context) => {
      const parsed = parse(args);
      let isPart = false;
      const toTimeoutError = () =>
        new HeddleError('tool.timedOut', `${name} did not end within ${timeoutMs} ms and was stopped.`, {
          details: { tool: name, timeoutMs },
        });
      const value = await withDeadline({ clock, timeoutMs, signal: context.signal, toTimeoutError }, (signal) =>
        spec.run(parsed, {
          signal,
          idempotencyKey: context.idempotencyKey,
          log: context.log,
          outputCapBytes,
          markTruncated: () => {
            isPart = true;
          },
        }),
      );
      const capped = capValue(value as JsonValue, outputCapBytes);
      return { value: capped.value, isTruncated: capped.isTruncated || isPart };
    },
  };
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, { target: 'draft-2020-12', io }) as unknown as JsonSchema;
}

function toSentence(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.length === 0 ? 'the arguments' : issue.path.join('.')}: ${issue.message}`).join('; ');
}

import { type ErrorInfo, HeddleError, toHeddleError } from '#shared/base/errors.ts';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { CodeConfig } from '#shared/nodes/code/code.ts';
import { toFieldSchema } from '#shared/nodes/field.ts';
import type { Executor } from '../runtime/executor.ts';

// On the first line, so that the line numbers of errors are the author's.
const preamble = 'const inputs = input; ';

/** Runs the author's JavaScript in the sandbox and checks what it returns against the declared outputs. */
export const runCode: Executor<CodeConfig> = async (config, context) => {
  const input = Object.fromEntries(config.inputs.map((field) => [field.name, context.inputs[field.name] ?? field.default ?? null]));
  const wallMs = config.limits?.wallMs;
  const outcome = await context.callTool({
    tool: 'run_code',
    arguments: { source: preamble + config.source, input, ...(wallMs === undefined ? {} : { wallMs }) },
    rawArguments: '',
    callId: context.node.id,
    approval: 'never',
  });
  if (outcome.type === 'failed') throw toHeddleError(withAuthorsColumn(outcome.error));
  const { value, logs } = outcome.value as { value: JsonValue; logs: readonly { level: 'log' | 'warn' | 'error'; text: string }[] };
  if (!outcome.isRecorded) for (const { level, text } of logs) context.log(level === 'log' ? 'info' : level, text);
  return toOutputs(config, value, context.checkJson);
};

function toOutputs(
  config: CodeConfig,
  value: JsonValue,
  checkJson: (schema: JsonObject, value: JsonValue) => string | undefined,
): JsonObject {
  const names = config.outputs.map((field) => field.name).join(', ');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HeddleError(
      'node.outputInvalid',
      `The code must return an object with ${names || 'its outputs'}; it returned ${value === null ? 'nothing' : `a ${Array.isArray(value) ? 'list' : typeof value}`}.`,
    );
  }
  const returned = value as JsonObject;
  return Object.fromEntries(
    config.outputs.map((field) => {
      const output = returned[field.name] ?? null;
      const wrong = checkJson(toFieldSchema(field), output);
      if (wrong !== undefined) throw new HeddleError('node.outputInvalid', `Output “${field.name}” should be ${field.type}, but ${wrong}`);
      return [field.name, output];
    }),
  );
}

function withAuthorsColumn(error: ErrorInfo): ErrorInfo {
  const { line, column } = error.details ?? {};
  if (line !== 1 || typeof column !== 'number' || column <= preamble.length) return error;
  return { ...error, details: { ...error.details, column: column - preamble.length } };
}

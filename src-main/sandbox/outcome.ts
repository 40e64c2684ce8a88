import { assertNever } from '#shared/base/assert-never.ts';
import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { ChildOutcome } from './child-process.ts';
import { jsonTextDepth } from './json-depth.ts';
import { type LogMessage, maximumValueDepth } from './protocol.ts';
import type { SandboxLimits, SandboxLogEntry } from './sandbox.ts';

/** The value and logs of a job that ended well; throws the refusal of any other end. The border where the child's words are parsed. */
export function toValueAndLogs(outcome: ChildOutcome, limits: SandboxLimits): { value: JsonValue; logs: SandboxLogEntry[] } {
  switch (outcome.kind) {
    case 'returned':
      return { value: parseValue(outcome.valueText, limits, outcome.logs), logs: outcome.logs.map(toLogEntry) };
    case 'threw':
      throw threw(outcome);
    case 'timedOut':
      throw timedOut('wall', limits.wallMs, `it took longer than ${limits.wallMs} ms`);
    case 'exceeded':
      throw outcome.limit === 'cpu'
        ? timedOut('cpu', limits.cpuMs, `it used more than ${limits.cpuMs} ms of processor time`)
        : outOfMemory(limits);
    case 'killed':
      throw new HeddleError('run.cancelled', 'The script was stopped because its run was cancelled.');
    case 'died':
      throw outcome.isOutOfMemory ? outOfMemory(limits) : crashed(outcome.how);
    default:
      return assertNever(outcome);
  }
}

function parseValue(text: string, limits: SandboxLimits, logs: readonly LogMessage[]): JsonValue {
  const refuse = (message: string): HeddleError => threw({ name: 'TypeError', message, logs });
  if (Buffer.byteLength(text) > limits.outputBytes) throw refuse(`The script returned more than ${limits.outputBytes} bytes. Return less.`);
  if (jsonTextDepth(text, maximumValueDepth) > maximumValueDepth)
    throw refuse(`The script returned a value nested deeper than ${maximumValueDepth} levels.`);
  let hasPrototypeKey = false;
  let value: JsonValue;
  try {
    value = JSON.parse(text, (key, member: unknown) => {
      if (key === '__proto__') hasPrototypeKey = true;
      return member;
    }) as JsonValue;
  } catch {
    throw crashed('it answered with text that is not JSON');
  }
  // Harmless in itself, but a copy by assignment further on would turn the key into a prototype.
  if (hasPrototypeKey) throw refuse('The script returned an object with the key “__proto__”, which is refused. Rename the key.');
  return value;
}

function threw(thrown: { name: string; message: string; line?: number; column?: number; logs: readonly LogMessage[] }): HeddleError {
  const { line, column } = thrown;
  const details: JsonObject = {
    message: thrown.message,
    name: thrown.name,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    logs: thrown.logs.map((entry) => ({ ...toLogEntry(entry) })),
  };
  const what = thrown.name === '' ? thrown.message : `${thrown.name}: ${thrown.message}`;
  return new HeddleError('sandbox.threw', line === undefined ? what : `${what} (line ${line}, column ${column ?? 1})`, { details });
}

function timedOut(limit: 'wall' | 'cpu', limitMs: number, why: string): HeddleError {
  return new HeddleError('sandbox.timedOut', `The script was stopped: ${why}. Make it do less, or raise its time limit.`, {
    details: { limit, limitMs },
  });
}

function outOfMemory(limits: SandboxLimits): HeddleError {
  const message = `The script was stopped: it needed more than ${limits.memoryMb} MB of memory. Work on less data at a time, or raise its memory limit.`;
  return new HeddleError('sandbox.outOfMemory', message, { details: { limitMb: limits.memoryMb } });
}

function crashed(how: string): HeddleError {
  return new HeddleError(
    'sandbox.crashed',
    `The process that ran the script ended unexpectedly (${how}). Nothing else is affected; the script may be tried again.`,
    {
      details: { how },
      isRetryable: true,
    },
  );
}

function toLogEntry([level, text]: LogMessage): SandboxLogEntry {
  return { level, text };
}

import { expect, it } from 'vitest';
import { z } from 'zod';
import { createSimulatedClock } from '../../tests/support/simulated-clock.ts';
import { createToolCall } from '../../tests/support/tool-call.ts';
import { defineTool, type ToolRunContext } from './define-tool.ts';

const clock = createSimulatedClock();

function defineEcho(run: (args: { text: string; times: number }, context: ToolRunContext) => Promise<string>) {
  return defineTool({
    name: 'echo',
    description: 'Says it again.',
    input: z.strictObject({ text: z.string(), times: z.int().default(1) }),
    output: z.string(),
    effect: 'neither',
    effectOf: ({ times }) => (times === 1 ? 'idempotent' : 'neither'),
    approval: 'always',
    timeoutMs: 1000,
    outputCapBytes: 100,
    clock,
    run,
  });
}

it('describes itself with draft 2020-12 schemas in which defaults are optional', () => {
  const { definition } = defineEcho(async () => '');
  expect(definition).toEqual({
    name: 'echo',
    description: 'Says it again.',
    inputSchema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: {
        text: { type: 'string' },
        times: { type: 'integer', default: 1, minimum: expect.any(Number), maximum: expect.any(Number) },
      },
      required: ['text'],
      additionalProperties: false,
    },
    outputSchema: { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'string' },
    effect: 'neither',
    approval: 'always',
    timeoutMs: 1000,
    outputCapBytes: 100,
    source: { type: 'builtin' },
  });
});

it('gives run its arguments with the defaults filled in', async () => {
  const tool = defineEcho(async ({ text, times }) => text.repeat(times));
  expect(await tool.run({ text: 'ab' }, createToolCall())).toEqual({ value: 'ab', isTruncated: false });
  expect(tool.effectOf({ text: 'ab' })).toBe('idempotent');
  expect(tool.effectOf({ text: 'ab', times: 2 })).toBe('neither');
});

it('refuses arguments that do not fit, naming them', async () => {
  const tool = defineEcho(async () => 'never');
  await expect(tool.run({ text: 1 }, createToolCall())).rejects.toMatchObject({
    code: 'tool.argumentsInvalid',
    message: expect.stringContaining('text: '),
  });
});

it('ends at its timeout even when the tool does not listen, and tells it to stop', async () => {
  let seen: AbortSignal | undefined;
  const tool = defineEcho((_args, { signal }) => {
    seen = signal;
    return new Promise(() => undefined);
  });
  const running = expect(tool.run({ text: 'a' }, createToolCall())).rejects.toMatchObject({
    code: 'tool.timedOut',
    details: { timeoutMs: 1000 },
  });
  await clock.waitForTimers(1);
  await clock.advance(999);
  expect(seen?.aborted).toBe(false);
  await clock.advance(1);
  await running;
  expect(seen?.aborted).toBe(true);
});

it('ends when the caller cancels, and leaves no timer behind', async () => {
  const caller = new AbortController();
  const tool = defineEcho(() => new Promise(() => undefined));
  const running = expect(tool.run({ text: 'a' }, createToolCall(caller.signal))).rejects.toMatchObject({ code: 'run.cancelled' });
  caller.abort();
  await running;
  expect(clock.pendingTimers).toBe(0);
  await expect(tool.run({ text: 'a' }, createToolCall(caller.signal))).rejects.toMatchObject({ code: 'run.cancelled' });
});

it('cuts what exceeds the cap and says so', async () => {
  const tool = defineEcho(async () => 'x'.repeat(1000));
  const { value, isTruncated } = await tool.run({ text: 'a' }, createToolCall());
  expect(isTruncated).toBe(true);
  expect(value).toMatch(/^x+\n\[truncated: 1000 bytes in all\]$/);
  expect(Buffer.byteLength(value as string)).toBeLessThanOrEqual(100);
});

it('says that a value is a part when the tool stopped reading by itself', async () => {
  const tool = defineEcho(async (_args, context) => {
    context.markTruncated();
    return 'part';
  });
  expect(await tool.run({ text: 'a' }, createToolCall())).toEqual({ value: 'part', isTruncated: true });
});

import { expect, it } from 'vitest';
import type { Sandbox, SandboxJob } from '#main/sandbox/sandbox.ts';
import { HeddleError } from '#shared/base/errors.ts';
import { createSimulatedClock } from '../../../tests/support/simulated-clock.ts';
import { createToolCall } from '../../../tests/support/tool-call.ts';
import { createRunCode } from './run-code.ts';

function createTool(run: Sandbox['run']) {
  return createRunCode({ run } as Sandbox, createSimulatedClock());
}

it('hands the script and its input to the sandbox and answers value and logs', async () => {
  const jobs: SandboxJob[] = [];
  const tool = createTool(async (job) => {
    jobs.push(job);
    return { value: { sum: 3 }, logs: [{ level: 'log', text: 'adding' }], durationMs: 7 };
  });
  expect(await tool.run({ source: 'return input.a + 2', input: { a: 1 } }, createToolCall())).toEqual({
    value: { value: { sum: 3 }, logs: [{ level: 'log', text: 'adding' }] },
    isTruncated: false,
  });
  expect(jobs).toEqual([{ source: 'return input.a + 2', input: { a: 1 } }]);
});

it('passes on how the sandbox refused', async () => {
  const tool = createTool(async () => {
    throw new HeddleError('sandbox.outOfMemory', 'too much');
  });
  await expect(tool.run({ source: 'for(;;){}' }, createToolCall())).rejects.toMatchObject({ code: 'sandbox.outOfMemory' });
});

it('is pure, so it may be repeated and nobody is asked', () => {
  expect(createTool(async () => ({ value: null, logs: [], durationMs: 0 })).definition).toMatchObject({
    effect: 'idempotent',
    approval: 'never',
  });
});

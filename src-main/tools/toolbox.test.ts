import { expect, it } from 'vitest';
import { z } from 'zod';
import { createSimulatedClock } from '../../tests/support/simulated-clock.ts';
import { defineTool } from './define-tool.ts';
import { createToolbox } from './toolbox.ts';

const clock = createSimulatedClock();
const toTool = (name: string) =>
  defineTool({
    name,
    description: name,
    input: z.strictObject({ text: z.string() }),
    output: z.string(),
    effect: 'idempotent',
    approval: 'never',
    timeoutMs: 1000,
    outputCapBytes: 1000,
    clock,
    run: async () => name,
  });
const { signal } = new AbortController();

it('offers built-in tools and those of the servers, and built-in names win', async () => {
  const own = toTool('read_file');
  const foreign = toTool('fs__read');
  const mcp = {
    list: () => [toTool('read_file').definition, foreign.definition],
    find: async (name: string) => (name === 'fs__read' ? foreign : toTool(name)),
  };
  const toolbox = createToolbox({ builtins: [own], mcp });
  expect(toolbox.list()).toEqual([own.definition, foreign.definition]);
  expect(await toolbox.find('fs__read', signal)).toBe(foreign);
  expect(await toolbox.find('read_file', signal)).toBe(own);
});

it('refuses a tool that nobody offers, naming those there are', async () => {
  const toolbox = createToolbox({ builtins: [toTool('read_file')] });
  await expect(toolbox.find('reed_file', signal)).rejects.toMatchObject({
    code: 'tool.notFound',
    message: expect.stringContaining('read_file'),
  });
});

it('checks arguments against the definition', () => {
  const tool = toTool('read_file');
  const toolbox = createToolbox({ builtins: [tool] });
  expect(toolbox.checkArguments(tool.definition, { text: 'a' })).toBeUndefined();
  expect(toolbox.checkArguments(tool.definition, { text: 1 })).toBe('text must be string.');
});

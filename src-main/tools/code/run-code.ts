import { z } from 'zod';
import type { Sandbox } from '#main/sandbox/sandbox.ts';
import type { Clock } from '#shared/base/clock.ts';
import { jsonValueSchema } from '#shared/base/json.ts';
import { defineTool } from '../define-tool.ts';
import type { Tool } from '../tool.ts';

const mostWallMs = 600_000;

const input = z.strictObject({
  source: z
    .string()
    .min(1)
    .max(256 * 1024)
    .describe('JavaScript: the body of an async function that has `input` and `console` and returns a JSON value.'),
  input: jsonValueSchema.default(null).describe('What the script sees as `input`.'),
  wallMs: z.int().min(1).max(mostWallMs).optional().describe('How long it may take, in milliseconds; 5000 when left out.'),
});

const output = z.strictObject({
  value: jsonValueSchema,
  logs: z.array(z.strictObject({ level: z.enum(['log', 'warn', 'error']), text: z.string() })),
});

/** The tool that runs JavaScript in the sandbox: no files, no network, no secrets; so it may be repeated and nobody is asked. */
export function createRunCode(sandbox: Pick<Sandbox, 'run'>, clock: Clock): Tool {
  return defineTool({
    name: 'run_code',
    description:
      'Runs JavaScript and answers what it returns. The script has no files, no network and no modules; it may run for 5 seconds unless `wallMs` says otherwise.',
    input,
    output,
    effect: 'idempotent',
    approval: 'never',
    // The sandbox ends a script itself; this only catches one that waits too long for a free child.
    timeoutMs: mostWallMs + 60_000,
    outputCapBytes: 1024 * 1024,
    clock,
    run: async ({ source, input, wallMs }, { signal }) => {
      const limits = wallMs === undefined ? {} : { limits: { wallMs, cpuMs: wallMs } };
      const { value, logs } = await sandbox.run({ source, input, ...limits }, signal);
      return { value, logs: [...logs] };
    },
  });
}

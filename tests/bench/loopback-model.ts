import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { systemClock } from '#main/host/system-clock.ts';
import type { Models } from '#main/models/model.ts';
import { createModels } from '#main/models/router.ts';
import { inProject } from '../../scripts/lib/project.mjs';

/** One call as the provider saw it, in nanoseconds of the machine's monotonic clock; the conversation is named by its first user message. */
export interface CallTimes {
  readonly conversation: string;
  readonly arrivedNs: number;
  readonly answeredNs: number;
}

/** The provider of `programs/loopback-model.ts`, in a process of its own, and the models of a host that is configured for it: `loopback/model-a`. */
export interface LoopbackModel {
  readonly models: Models;
  times(): Promise<readonly CallTimes[]>;
}

/** Starts the provider, which answers after `delayMs` and ends a conversation in its turn number `turns`, and ends it with the work. */
export async function withLoopbackModel<Result>(
  { delayMs, turns }: { readonly delayMs: number; readonly turns: number },
  work: (model: LoopbackModel) => Promise<Result>,
): Promise<Result> {
  const child = spawn(process.execPath, [inProject('tests/bench/programs/loopback-model.ts'), String(delayMs), String(turns)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const origin = `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}`;
    const models = createModels({
      providers: () => [{ id: 'loopback', kind: 'openai', label: 'Loopback', baseUrl: `${origin}/v1` }],
      secrets: { get: async () => undefined },
      scriptedFolders: () => [],
      prices: () => [],
      clock: systemClock,
    });
    return await work({ models, times: async () => (await fetch(origin)).json() as Promise<CallTimes[]> });
  } finally {
    child.kill('SIGKILL');
  }
}

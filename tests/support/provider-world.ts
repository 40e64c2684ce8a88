import { createModels } from '#main/models/router.ts';
import type { CallLimits } from '#main/models/wire/call-limits.ts';
import type { ProviderConfig } from '#shared/contract/providers.ts';
import type { NodePolicy, WorkflowDocument } from '#shared/workflow/document.ts';
import { startAnthropicServer } from '../peers/anthropic-server.ts';
import { startOpenAiServer } from '../peers/openai-server.ts';
import type { PeerServer } from '../peers/wire-server.ts';
import { createRunWorld, type FakeTool, type RunWorld } from './run-world.ts';
import { toDocument } from './workflow-builder.ts';

/** A key that must turn up nowhere but in the headers of requests. */
export const canaryKey = 'sk-canary-7f3a91c2d4e5b6a7980f';

/** The wire formats that whole runs are driven through. */
export const wireFormats = [
  { kind: 'openai', start: startOpenAiServer, toBaseUrl: (origin: string) => `${origin}/v1` },
  { kind: 'anthropic', start: startAnthropicServer, toBaseUrl: (origin: string) => origin },
] as const satisfies readonly { kind: ProviderConfig['kind']; start: () => Promise<PeerServer>; toBaseUrl: (origin: string) => string }[];
export type WireFormat = (typeof wireFormats)[number];

/** The configuration of a provider that speaks this format at a loopback server. */
export function toPeerProvider({ kind, toBaseUrl }: WireFormat, origin: string): ProviderConfig {
  return { id: kind, kind, label: `Peer of ${kind}`, baseUrl: toBaseUrl(origin), keyName: `${kind}-key`, models: ['model-a'] };
}

export interface ProviderWorld extends RunWorld {
  /** Moves time on to each retry that the runtime has announced, until the run rests; gives the waits in milliseconds. */
  untilSettled(runId: string): Promise<readonly number[]>;
}

/** The runtime with a real provider against `server`, on simulated time; the tools are functions of the test. */
export function createProviderWorld(
  format: WireFormat,
  server: PeerServer,
  tools: Readonly<Record<string, FakeTool>>,
  limits: CallLimits = { idleTimeoutMs: 30_000, totalTimeoutMs: 600_000, maxBytes: 2 ** 20 },
): ProviderWorld {
  const world = createRunWorld({ tools, model: (request, options) => models.call(request, options) });
  const models = createModels({
    providers: () => [toPeerProvider(format, server.origin)],
    secrets: { get: async (name) => (name === `${format.kind}-key` ? canaryKey : undefined) },
    scriptedFolders: () => [],
    prices: () => [{ [`${format.kind}/model-a`]: { input: 1, output: 2 } }],
    clock: world.clock,
    limits,
  });
  return Object.assign(world, {
    async untilSettled(runId: string) {
      const waits: number[] = [];
      const stop = world.store.onCommitted((events) => {
        for (const { type, data, atMs } of events) {
          const { retryAtMs } = data as { retryAtMs?: number | null };
          if (type !== 'modelCall.failed' || typeof retryAtMs !== 'number') continue;
          waits.push(retryAtMs - atMs);
          // The runtime sets its timer in the same breath in which it records the failure.
          setImmediate(() => void world.clock.advance(retryAtMs - atMs));
        }
      });
      await world.settled(runId);
      stop();
      return waits;
    },
  });
}

/** One agent with these tools between nothing and an output. */
export function toAgentDocument(kind: string, tools: readonly string[], policy?: NodePolicy): WorkflowDocument {
  return toDocument(
    {
      agent: {
        kind: 'agent',
        config: { model: `${kind}/model-a`, prompt: 'Do it.', tools: tools.map((name) => ({ name })) },
        ...(policy === undefined ? {} : { policy }),
      },
      out: { kind: 'output', config: { name: 'text' } },
    },
    ['agent.text->out.value'],
  );
}

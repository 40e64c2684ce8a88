import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProviderConfig } from '#shared/contract/providers.ts';
import type { ModelRequest } from '#shared/run/message.ts';
import { startAnthropicServer } from '../../tests/peers/anthropic-server.ts';
import { startOpenAiServer } from '../../tests/peers/openai-server.ts';
import type { PeerServer } from '../../tests/peers/wire-server.ts';
import { createSimulatedClock } from '../../tests/support/simulated-clock.ts';
import { createModels, type ModelRouter } from './router.ts';

let openai: PeerServer;
let anthropic: PeerServer;
let folder: string;
let configs: ProviderConfig[];
let models: ModelRouter;
const keys: Record<string, string> = { claude: 'key-of-claude' };

beforeAll(async () => {
  [openai, anthropic] = await Promise.all([startOpenAiServer(['local-model']), startAnthropicServer()]);
  folder = await mkdtemp(join(tmpdir(), 'heddle-router-'));
  await writeFile(join(folder, 'demo.script.json'), JSON.stringify({ version: 1, rules: [{ do: { say: 'I am {{ request.model }}' } }] }));
  configs = [
    { id: 'local', kind: 'openai', label: 'Local', baseUrl: `${openai.origin}/v1`, models: ['org/model:7b'] },
    { id: 'claude', kind: 'anthropic', label: 'Claude', baseUrl: anthropic.origin, keyName: 'claude' },
    { id: 'openai', kind: 'openai', label: 'OpenAI' },
  ];
  models = createModels({
    providers: () => configs,
    secrets: { get: async (name) => keys[name] },
    scriptedFolders: () => [folder],
    prices: () => [
      { 'claude/model-a': { input: 1, output: 1 } },
      { 'claude/model-a': { input: 1_000, output: 1_000 }, 'scripted/*': { input: 0, output: 0 } },
    ],
    clock: createSimulatedClock(),
    localServers: [
      { id: 'here', kind: 'openai', label: 'Here', baseUrl: `${openai.origin}/v1` },
      { id: 'closed', kind: 'openai', label: 'Closed', baseUrl: 'http://127.0.0.1:1/v1' },
    ],
  });
});
afterAll(async () => {
  await Promise.all([openai.close(), anthropic.close(), rm(folder, { recursive: true, force: true })]);
});

const { signal } = new AbortController();
const call = (model: string) => {
  const request: ModelRequest = { model, messages: [{ role: 'user', text: 'Hi' }], tools: [], toolChoice: 'auto' };
  return models.call(request, { signal, idempotencyKey: 'k', onDelta: () => undefined });
};

describe('the router', () => {
  it('sends each call to the provider that the name begins with, under the rest of the name', async () => {
    expect(await call('local/org/model:7b')).toMatchObject({ text: 'ok', costUsd: null });
    expect(openai.requests.at(-1)?.body).toMatchObject({ model: 'org/model:7b' });
    expect(openai.requests.at(-1)?.headers.authorization).toBeUndefined();
    expect((await call('scripted/demo')).text).toBe('I am demo');
  });

  it('prices answers, the later table winning', async () => {
    expect((await call('claude/model-a')).costUsd).toBeCloseTo((11 + 7) / 1_000, 10);
    expect((await call('scripted/demo')).costUsd).toBe(0);
  });

  it.each([
    ['nobody/x', 'model.unknownProvider'],
    ['demo', 'model.notConfigured'],
    ['', 'model.notConfigured'],
    ['local/', 'model.notConfigured'],
    ['openai/gpt-5', 'model.keyMissing'],
  ])('refuses %j with %s', async (model, code) => {
    await expect(call(model)).rejects.toMatchObject({ code });
  });

  it('lists every provider with its models and whether its key is there', async () => {
    expect(await models.list()).toEqual([
      { ...configs[0], hasKey: true },
      { ...configs[1], models: [], hasKey: true },
      { ...configs[2], models: [], hasKey: false },
      { id: 'scripted', kind: 'scripted', label: expect.any(String), models: ['demo'], hasKey: true },
    ]);
  });

  it('follows the configuration as it changes', async () => {
    configs.push({ id: 'late', kind: 'openai', label: 'Late', baseUrl: `${openai.origin}/v1` });
    expect(await models.listModels('late', signal)).toEqual(['local-model']);
    configs[3] = { id: 'late', kind: 'anthropic', label: 'Late', baseUrl: anthropic.origin };
    expect(await models.test('late', signal)).toMatchObject({ status: 'reachable', models: ['model-a', 'model-b'] });
    configs.pop();
    await expect(models.listModels('late', signal)).rejects.toMatchObject({ code: 'model.unknownProvider' });
  });

  it('finds the servers on this machine that answer, when asked', async () => {
    expect(await models.probeLocal(signal)).toEqual([{ config: expect.objectContaining({ id: 'here' }), models: ['local-model'] }]);
  });
});

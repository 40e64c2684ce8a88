import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import type { PeerAnswer, PeerServer } from '../peers/wire-server.ts';
import { type EffectLedger, startEffectLedger } from '../support/effect-ledger.ts';
import { createHeddlePlace, type HeddlePlace } from '../support/heddle-place.ts';
import { canaryKey, toAgentDocument, toPeerProvider, wireFormats } from '../support/provider-world.ts';

describe.each(wireFormats)('the host with a real $kind provider', (format) => {
  let place: HeddlePlace;
  let server: PeerServer;
  let ledger: EffectLedger;

  beforeEach(async () => {
    place = createHeddlePlace({ env: { HEDDLE_PASSPHRASE: 'a passphrase of the tests', HEDDLE_LOG_LEVEL: 'debug' } });
    server = await format.start();
    ledger = await startEffectLedger();
    place.settings({ providers: [toPeerProvider(format, server.origin)] as never, grantedHosts: [ledger.host] });
    place.write('agent.heddle.json', formatWorkflowFile(toAgentDocument(format.kind, ['fetch_url'])));
  });
  afterEach(async () => {
    await place.close();
    await server.close();
    await ledger.close();
  });

  const fetching = (path: string, id: string): PeerAnswer => ({
    text: 'Let me look.',
    toolCalls: [{ id, name: 'fetch_url', argumentPieces: ['{"url":"', `${ledger.origin}${path}`, '"}'] }],
  });
  const source = { type: 'file', path: 'agent.heddle.json' } as const;
  const refusingWith = (status: number) =>
    ({
      type: 'raw',
      status,
      headers: { 'content-type': 'application/json', 'request-id': 'req_1' },
      body: JSON.stringify({ error: { message: `Your key ${canaryKey} (Bearer ${canaryKey}) is odd` } }),
    }) as const;

  test('the key goes to the provider and nowhere else: no file, event, answer, message or output has it', async () => {
    const heard: unknown[] = [];
    const { api, host } = await place.serve();
    await api.secret.set({ name: `${format.kind}-key`, value: canaryKey });
    server.behave(
      { type: 'answer', answer: fetching('/one', 'call_1') },
      { type: 'answer', answer: { text: 'Seen.' } },
      refusingWith(401),
      refusingWith(400),
      refusingWith(401),
    );
    const settle = async () => {
      const { runId } = await api.run.start({ source, inputs: {} });
      await expect.poll(async () => (await api.run.get({ runId })).status, { timeout: 20_000 }).toMatch(/succeeded|failed/);
      heard.push(await api.run.get({ runId }), await api.run.events({ runId }));
      return (await api.run.get({ runId })).status;
    };
    expect(await settle()).toBe('succeeded');
    expect(server.requests.every(({ headers }) => JSON.stringify(headers).includes(canaryKey))).toBe(true);
    expect(await settle()).toBe('failed');
    expect(await settle()).toBe('failed');
    heard.push(
      await api.provider.test({ id: format.kind }),
      await api.provider.list(),
      await api.settings.get(),
      await api.secret.status(),
      await api.host.info(),
      await api.run.list({}),
      await api.workflow.list(),
    );
    server.behave(refusingWith(401));
    const commands = [
      await place.run(['run', 'agent.heddle.json', '--json']),
      await place.run(['run', 'agent.heddle.json']),
      await place.run(['runs', '--json']),
    ];
    expect(commands.map(({ exitCode }) => exitCode)).toEqual([1, 1, 0]);
    host.child.kill('SIGTERM');
    const ended = await host.ended;

    expect(heard.length).toBeGreaterThan(10);
    for (const text of [JSON.stringify(heard), ...[ended, ...commands].flatMap(({ stdout, stderr }) => [stdout, stderr])])
      expect(text).not.toContain(canaryKey);
    const files = [...filesBelow(place.workspace), ...filesBelow(place.home)];
    expect(files.some((file) => file.endsWith('journal.db'))).toBe(true);
    expect(files.some((file) => file.endsWith('host.log'))).toBe(true);
    expect(files.some((file) => file.endsWith('secrets.json'))).toBe(true);
    for (const form of [canaryKey, Buffer.from(canaryKey).toString('base64').slice(0, -4), Buffer.from(canaryKey).toString('hex')])
      expect(files.filter((file) => readFileSync(file).includes(form))).toEqual([]);
  });

  test('kill -9 in the middle of a stream: the next host asks again, takes nothing of the half, and does no call twice', async () => {
    const env = { [`HEDDLE_SECRET_${format.kind.toUpperCase()}_KEY`]: canaryKey };
    const half = Buffer.from(server.toPieces(fetching('/half', 'call_2')).join(''));
    server.behave(
      { type: 'answer', answer: fetching('/one', 'call_1') },
      { type: 'partial', body: half, bytes: half.indexOf('/half') + 3, ending: 'stall' },
      { type: 'answer', answer: fetching('/two', 'call_2') },
      { type: 'answer', answer: { text: 'Seen both.' } },
    );
    const first = await place.serve([], env);
    const { runId } = await first.api.run.start({ source, inputs: {} });
    await server.stalled();
    const before = await first.api.run.events({ runId });
    await first.kill();
    expect(ledger.entries).toEqual(['/one']);

    const second = await place.serve([], env);
    await expect.poll(async () => (await second.api.run.get({ runId })).status, { timeout: 20_000 }).toBe('succeeded');
    const events = await second.api.run.events({ runId });
    expect(events.slice(0, before.length)).toEqual(before);
    expect(events[before.length]).toMatchObject({ type: 'run.resumed', data: { inFlightFrames: ['agent#1/t2/m1'] } });
    expect(events.at(-1)).toMatchObject({ type: 'run.succeeded', data: { outputs: { text: 'Seen both.' } } });
    expect(ledger.entries).toEqual(['/one', '/two']);
    expect(JSON.stringify(events)).not.toContain('/half');
    // The question before the crash and the one after it were the same, under the same idempotency key.
    const [, asked, again] = server.requests;
    expect(again?.body).toEqual(asked?.body);
    expect(again?.headers['idempotency-key']).toBe(asked?.headers['idempotency-key']);
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile());
}

import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import { createHeddlePlace, type HeddlePlace } from '../support/heddle-place.ts';
import { toDocument } from '../support/workflow-builder.ts';

let place: HeddlePlace;
const runIds: string[] = [];

const chain = Array.from({ length: 60 }, (_, index) => `n${index}`);

beforeAll(async () => {
  place = createHeddlePlace();
  place.write(
    'chain.heddle.json',
    formatWorkflowFile(
      toDocument(
        {
          start: { kind: 'input', config: { fields: [{ name: 'topic', type: 'string', required: true }] } },
          ...Object.fromEntries(chain.map((id, index) => [id, { kind: 'transform', config: { expression: `"step ${index}"` } }] as const)),
          out: { kind: 'output', config: { name: 'text' } },
        },
        [...chain.slice(1).map((id, index) => `n${index}.value->${id}.in`), 'start.topic->n0.in', 'n59.value->out.value'],
      ),
    ),
  );
  for (let run = 0; run < 3; run += 1) {
    const ended = await place.run(['run', 'chain.heddle.json', '--input', 'topic=x', '--json']);
    runIds.push(String(ended.lines().at(-1)?.runId));
  }
});
afterAll(() => place.close());

const journal = (): string => join(place.workspace, '.heddle', 'journal.db');
const eventsOf = async (runId = ''): Promise<string> => (await place.run(['events', runId, '--json'])).stdout;

describe('heddle show', () => {
  test('says how a run stands, and stood at any event', async () => {
    const [runId = ''] = runIds;
    const now = await place.run(['show', runId]);
    expect(now).toMatchObject({ exitCode: 0, stderr: '' });
    expect(now.stdout).toMatch(/succeeded at event \d+\n[\s\S]*succeeded +n59\n[\s\S]*output text: "step 59"/);
    const then = await place.run(['show', runId, '--at', '20', '--json']);
    expect(then.lines()[0]).toMatchObject({ runId, status: 'running', lastSeq: 20, outputs: null });
    expect(await place.run(['show', runId, '--at', '100000'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('has the events 1 to'),
    });
    expect(await place.run(['show', runId, '--at', 'x'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--at') });
  });
});

describe('heddle compact', () => {
  test('says what it would do, does it, and everything reads as before', { timeout: 120_000 }, async () => {
    const before = await Promise.all(runIds.map(eventsOf));
    const size = statSync(journal()).size;
    const young = await place.run(['compact', '--json']);
    expect(young.lines()[0]).toMatchObject({ dryRun: false, runs: 0, events: 0 });
    const dry = await place.run(['compact', '--older-than', '0d', '--dry-run', '--json']);
    expect(dry.lines()[0]).toMatchObject({ dryRun: true, runs: 3, bytesAfter: null, freedBytes: 0 });
    expect(statSync(journal()).size).toBe(size);

    const done = await place.run(['compact', '--older-than', '0d', '--json']);
    const { runs, events, bytesBefore, bytesAfter, freedBytes } = done.lines()[0] as Record<string, number>;
    expect([done.exitCode, runs, events]).toEqual([0, 3, before.join('').trim().split('\n').length]);
    expect(bytesAfter).toBeLessThan(Number(bytesBefore) / 3);
    expect(statSync(journal()).size).toBe(size - Number(freedBytes));
    expect(Number(freedBytes)).toBeGreaterThan(20_000);
    expect(await Promise.all(runIds.map(eventsOf))).toEqual(before);
    expect(await place.run(['doctor'])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('All is well: 3 runs') });
    expect((await place.run(['compact', '--older-than', '0d', '--json'])).lines()[0]).toMatchObject({ runs: 0 });
  });

  test('refuses an age that is none', async () => {
    expect(await place.run(['compact', '--older-than', 'old'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('30d or 12h'),
    });
  });
});

describe('heddle backup and heddle restore', () => {
  const copies: HeddlePlace[] = [];
  afterEach(async () => {
    for (const copy of copies) await copy.close();
    copies.length = 0;
  });

  test('carry a journal to another workspace, also through the host that has it open', { timeout: 120_000 }, async () => {
    const events = await eventsOf(runIds[1]);
    const folder = join(place.home, 'saved');
    mkdirSync(folder);
    const direct = await place.run(['backup', folder, '--json']);
    expect(direct.lines()[0]).toMatchObject({
      runs: 3,
      damagedRuns: [],
      path: expect.stringMatching(/saved\/.* \d{4}-\d\d-\d\d \d{6}\.heddle-backup$/),
    });
    const file = join(place.home, 'through-host.backup');
    const served = await place.serve();
    expect(await place.run(['backup', file])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('3 runs'), stderr: '' });
    expect(await served.api.journal.status()).toMatchObject({ runs: 3, endedRuns: 3, lastBackup: { path: file } });
    expect(await place.run(['backup', file])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('already') });
    expect(await place.run(['restore', file, '--force'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('is open in another Heddle'),
    });
    const compacted = await served.api.journal.compact({ olderThanDays: 0 });
    expect(compacted).toMatchObject({ runs: 0, skipped: [] });
    await served.kill();

    for (const backup of [String((direct.lines()[0] as { path: string }).path), file]) {
      const copy = createHeddlePlace();
      copies.push(copy);
      expect(await copy.run(['restore', backup])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('3 runs') });
      expect((await copy.run(['events', runIds[1] ?? '', '--json'])).stdout).toBe(events);
      expect(await copy.run(['doctor'])).toMatchObject({ exitCode: 0 });
    }
  });

  test('refuse to overwrite anything, unless forced, and then keep what was there', async () => {
    const file = join(place.home, 'again.backup');
    await place.run(['backup', file]);
    const refused = await place.run(['restore', file, '--json']);
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--force') });
    expect(refused.lines().at(-1)).toMatchObject({ error: { code: 'journal.exists' } });
    const forced = await place.run(['restore', file, '--force', '--json']);
    const { replacedPath } = forced.lines()[0] as { replacedPath: string };
    expect(existsSync(join(replacedPath, 'journal.db'))).toBe(true);
    expect(readdirSync(join(place.workspace, '.heddle')).filter((name) => name.startsWith('restoring'))).toEqual([]);
    expect((await place.run(['runs', '--json'])).lines()).toHaveLength(3);
  });

  test('say when there is no backup', async () => {
    const missing = await place.run(['restore', 'nothing', '--workspace', place.home]);
    expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('There is no backup') });
    rmSync(join(place.home, '.heddle'), { recursive: true, force: true });
  });
});

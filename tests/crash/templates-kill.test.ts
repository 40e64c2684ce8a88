import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunEvent } from '#shared/run/events.ts';
import { openTrialGround, type Planted, type TrialGround } from './trial-ground.ts';
import { type Calm, countUnknown, expectCalmEnd, type Manner, openTrial, runCalmly } from './trials.ts';

const ids = ['folder-brief', 'research-write-review', 'invoice-triage'] as const;
/**
 * What the others are made of is killed at every event in `reference-workflows.test.ts`, so a sample of each is enough in every run;
 * with `HEDDLE_EVERY_BOUNDARY=1` they die at every event too.
 */
const sampledIds = [
  'support-inbox',
  'draft-and-polish',
  'event-booking',
  'list-cleanup',
  'code-review',
  'log-watch',
  'quiz-maker',
  'translate-docs',
  'meeting-actions',
] as const;
const sampleSize = process.env.HEDDLE_EVERY_BOUNDARY === '1' ? Number.POSITIVE_INFINITY : 5;
/** A wait that is for people to see would only make the trials long. */
const quickInputs = { coolDownSeconds: 0.01 };
/** Nearly a hundred boundaries of some 0.7 s on quiet cores; a busy machine takes several times that. */
const patienceMs = 900_000;

let ground: TrialGround;
const planted = new Map<string, Planted>();
beforeAll(async () => {
  ground = await openTrialGround();
  for (const id of [...ids, ...sampledIds]) planted.set(id, await ground.plant(id, id === 'log-watch' ? quickInputs : {}));
});
afterAll(() => ground.close());

interface Death extends Manner {
  readonly words: string;
  /** The events after which the host dies, one trial each. */
  readonly boundaries: (events: readonly RunEvent[]) => readonly number[];
}

const everywhere = (events: readonly RunEvent[]) => events.map(({ seq }) => seq);
const deaths: readonly Death[] = [
  { words: 'at once, before anyone hears that the event is on disk', death: 'atOnce', writesAre: 'idempotent', boundaries: everywhere },
  {
    words: 'after the effects that follow from the event, whose results are lost, where a write is as delicate as a payment',
    death: 'afterEffects',
    writesAre: 'neither',
    boundaries: everywhere,
  },
  {
    words: 'between a write that may be repeated and its result',
    death: 'afterEffects',
    writesAre: 'idempotent',
    boundaries: (events) =>
      events.flatMap((event) => (event.type === 'toolCall.started' && event.data.tool === 'write_file' ? [event.seq] : [])),
  },
];

describe.each(ids)('%s', (id) => {
  it.each(deaths)(
    'ends as if nothing had happened when the host is killed $words',
    async ({ words, boundaries, death, writesAre }) => {
      const template = planted.get(id) as Planted;
      const manner = { death, writesAre };
      const calm = await runCalmly(ground, template, manner);
      const places = boundaries(calm.events);
      expect(places.length).toBeGreaterThan(0);
      let asked = 0;
      await inPairs(places, async (seq) => {
        const count = await killAt(template, manner, seq, calm);
        // Not in one line: the other worker adds while this one waits.
        asked += count;
      });
      console.info(`${id}: killed ${words}: ${places.length} of ${calm.events.length} boundaries, ${asked} unknown outcomes asked about`);
      if (writesAre === 'neither') expect(asked).toBeGreaterThan(0);
      else expect(asked).toBe(0);
    },
    patienceMs,
  );
});

it.each(sampledIds)(
  '%s ends as if nothing had happened when the host is killed at a sample of its events',
  async (id) => {
    const template = planted.get(id) as Planted;
    const manner = { death: 'atOnce', writesAre: 'idempotent' } as const;
    const calm = await runCalmly(ground, template, manner);
    const stride = Math.max(1, Math.ceil(calm.events.length / sampleSize));
    await inPairs(
      everywhere(calm.events).filter((seq) => seq % stride === 0),
      async (seq) => {
        await killAt(template, manner, seq, calm);
      },
    );
  },
  patienceMs,
);

/** Kills the host at this event of its run, starts another one, and compares. Gives how often a person was asked about an unknown outcome. */
async function killAt(template: Planted, manner: Manner, seq: number, calm: Calm): Promise<number> {
  const trial = openTrial(ground, template, manner, calm.results);
  const mortal = await trial.startHost(seq);
  await mortal.driveToEnd(trial.drive);
  expect(await mortal.exited, `at event ${seq}`).toEqual({ code: null, signal: 'SIGKILL' });

  const next = await trial.startHost(null);
  const state = await next.driveToEnd(trial.drive);
  await next.kill();
  // A run that had only been started has nothing to take up again, one that had ended is left alone.
  const resumedAt = trial.events.flatMap((event) => (event.type === 'run.resumed' ? [event.seq] : []));
  expect(resumedAt, `at event ${seq}`).toEqual(seq > 1 && seq < calm.events.length ? [seq + 1] : []);
  expectCalmEnd(trial, state, calm, `at event ${seq}`);
  trial.plot.remove();
  return countUnknown(trial);
}

/** Two at a time: more processes than cores only wait for each other. */
async function inPairs<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all([worker(), worker()]);
}

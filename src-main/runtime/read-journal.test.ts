import { describe, expect, it } from 'vitest';
import type { NewEvent } from '#shared/events/envelope.ts';
import { toRunEvent } from '#shared/run/events.ts';
import { toStartedData } from '../../tests/support/run-started.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { createMemoryEventStore } from '../event-store/memory-event-store.ts';
import { loadRunState, readRunEvents } from './read-journal.ts';

async function openWith(...more: readonly NewEvent[]): Promise<EventStore> {
  const store = createMemoryEventStore();
  const started = toRunEvent('run.started', toStartedData(toDocument({}, []), { runId: 'run-1' }), 5) as unknown as NewEvent;
  await store.append('run/run-1', 0, [started, ...more]);
  return store;
}

const resumed = { type: 'run.resumed', version: 1, atMs: 6, data: { inFlightFrames: [] } };

describe('the journal of a run', () => {
  it('is read from after one event to another', async () => {
    const store = await openWith(resumed, resumed, resumed);
    const seqs = (range: Parameters<typeof readRunEvents>[2]) => [...readRunEvents(store, 'run-1', range)].map(({ seq }) => seq);
    expect([seqs({}), seqs({ afterSeq: 1, atSeq: 3 }), seqs({ afterSeq: 4 })]).toEqual([[1, 2, 3, 4], [2, 3], []]);
    expect(loadRunState(store, 'run-1', 3)).toMatchObject({ lastSeq: 3, timesResumed: 2 });
  });

  it.each([
    ['of a type that this build does not know', { ...resumed, type: 'run.teleported' }, 'Event 2 is “run.teleported” version 1'],
    ['of a version that this build does not know', { ...resumed, version: 99 }, 'Event 2 is “run.resumed” version 99'],
  ])('with an event %s is refused with words', async (_what, event, words) => {
    const store = await openWith(event);
    expect(() => loadRunState(store, 'run-1')).toThrow(
      expect.objectContaining({ code: 'journal.unknownEvent', message: expect.stringContaining(words) }),
    );
  });

  it('that gives fewer events than it is said to have never passes for a whole one', async () => {
    const store = await openWith(resumed, resumed);
    for (const kept of [0, 1, 2]) {
      const short = { ...store, read: (stream: string) => store.read(stream).slice(0, kept) };
      expect(() => loadRunState(short, 'run-1'), `${kept} events`).toThrow('Run run-1 could not be read up to its event 3');
    }
  });
});

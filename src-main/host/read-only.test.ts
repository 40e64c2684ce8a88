import { describe, expect, it, vi } from 'vitest';
import { createRunWorld, toAnswer } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { createReadOnlyRuns } from './read-only.ts';

const replaying = { executors: {}, checkJson: () => undefined };

const asking = toDocument(
  {
    brief: { kind: 'input', config: { fields: [{ name: 'topic', type: 'string', default: 'x' }] } },
    ask: { kind: 'approval', config: { title: 'Go on?' } },
    result: { kind: 'output', config: { name: 'text' } },
  },
  ['brief.topic->ask.in', 'ask.approved->result.value'],
);

describe('runs that can only be looked at', () => {
  it('show what waits for a person, and refuse every answer', async () => {
    const world = createRunWorld();
    const runId = await world.start(asking);
    await world.settled(runId);
    const looking = createReadOnlyRuns(world.store, 'Somebody else writes.', replaying);
    expect(looking.openApprovals()).toEqual(world.runs.openApprovals());
    expect(looking.openApprovals()).toHaveLength(1);
    await expect(looking.decide(runId, 'a1', { type: 'grant' }, 'me')).rejects.toMatchObject({ code: 'host.readOnly' });
  });

  it('are listed without reading the journals of those that ended, and afresh when one has grown', async () => {
    const world = createRunWorld({ model: () => toAnswer('y') });
    const ended = await world.start(asking, { approvalMode: 'all' });
    await world.settled(ended);
    const waiting = await world.start(asking);
    await world.settled(waiting);
    const looking = createReadOnlyRuns(world.store, 'Somebody else writes.', replaying);
    const read = vi.spyOn(world.store, 'read');
    expect(looking.summaries()).toEqual(world.runs.summaries());
    expect(new Set(read.mock.calls.map(([stream]) => stream))).toEqual(new Set([`run/${waiting}`]));
    await world.runs.decide(waiting, 'a1', { type: 'grant' }, 'me');
    await world.settled(waiting);
    expect(looking.summary(waiting).status).toBe('succeeded');
  });
});

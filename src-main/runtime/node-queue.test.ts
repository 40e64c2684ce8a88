import { describe, expect, it } from 'vitest';
import { type SchedulingSettings, schedulingSettingsSchema } from '#shared/run/lane-settings.ts';
import { findNodeState } from '#shared/run/node-states.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import { createRunWorld, type FakeTool } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';

const tool = (name: string, more: Parameters<typeof toDocument>[0][string] | object = {}) => ({
  kind: 'tool' as const,
  config: { tool: 'work', arguments: { name } },
  ...more,
});

const scheduling = (settings: object): SchedulingSettings => schedulingSettingsSchema.parse(settings);
const oneWorker = { workers: { min: 1, max: 1 } };

/** A tool whose calls wait until the test lets them go on, one by one. */
function createHeldTool() {
  const held: { readonly name: string; readonly release: () => void }[] = [];
  let called: () => void = () => undefined;
  const work: FakeTool = {
    effect: 'neither',
    run: ({ name }) =>
      new Promise((resolve) => {
        held.push({ name: String(name), release: () => resolve(name ?? null) });
        called();
      }),
  };
  return {
    work,
    held,
    async untilHeld(count: number) {
      while (held.length < count) await new Promise<void>((resolve) => (called = resolve));
    },
  };
}

describe('a node that finds no room in its lane', () => {
  const three = toDocument({ a: tool('a'), b: tool('b', { lane: 'interactive' }), c: tool('c', { priority: 5 }) }, []);

  it('is queued, and begins when there is room: higher lanes first, then higher priorities', async () => {
    const { work, held, untilHeld } = createHeldTool();
    const world = createRunWorld({ tools: { work }, scheduling: scheduling(oneWorker) });
    const runId = await world.start(three);
    await untilHeld(1);
    expect(held[0]?.name).toBe('c');
    expect(findNodeState(world.runs.state(runId), 'a')).toMatchObject({ status: 'queued', lane: 'default' });
    expect(world.runs.state(runId).activeNodes).toBe(3);
    for (const count of [2, 3]) {
      held[count - 2]?.release();
      await untilHeld(count);
    }
    held[2]?.release();
    const state = await world.settled(runId);
    expect(held.map(({ name }) => name)).toEqual(['c', 'b', 'a']);
    expect(state.status).toBe('succeeded');
    expect(foldRun(world.events(runId))).toEqual(state);
  });

  it('still waits in the lane it was moved to when the host has died', async () => {
    const { work, held, untilHeld } = createHeldTool();
    const world = createRunWorld({ tools: { work: { ...work, effect: 'idempotent' } }, scheduling: scheduling(oneWorker) });
    const runId = await world.start(
      toDocument({ first: tool('first'), second: tool('second', { priority: -1 }), last: tool('last', { priority: -2 }) }, []),
    );
    await untilHeld(1);
    await world.runs.move(runId, 'last', 'interactive', 'test');
    await world.reopen();
    await world.runs.recover();
    for (const count of [2, 3, 4]) {
      await untilHeld(count);
      held[count - 1]?.release();
    }
    await world.settled(runId);
    expect(held.map(({ name }) => name)).toEqual(['first', 'first', 'last', 'second']);
  });

  it('can be moved to another lane while it waits', async () => {
    const { work, held, untilHeld } = createHeldTool();
    const world = createRunWorld({ tools: { work }, scheduling: scheduling(oneWorker) });
    const runId = await world.start(three);
    await untilHeld(1);
    await world.runs.move(runId, 'a', 'interactive', 'test');
    await expect(world.runs.move(runId, 'c', 'interactive', 'test')).rejects.toMatchObject({ code: 'run.steeringInvalid' });
    await expect(world.runs.move(runId, 'a', 'nowhere', 'test')).rejects.toMatchObject({ code: 'lane.notFound' });
    expect(findNodeState(world.runs.state(runId), 'a')).toMatchObject({ status: 'queued', lane: 'interactive' });
    await world.runs.cancel(runId, 'seen enough');
    held[0]?.release();
    expect((await world.settled(runId)).status).toBe('cancelled');
    expect(held).toHaveLength(1);
  });

  it('fails when it may wait no longer, and tries again as its policy says', async () => {
    const { work, held, untilHeld } = createHeldTool();
    const world = createRunWorld({ tools: { work }, scheduling: scheduling(oneWorker) });
    const document = toDocument(
      { first: tool('first', { priority: 9 }), late: tool('late', { policy: { queueTimeoutMs: 1000, maxAttempts: 2, backoffMs: 500 } }) },
      [],
    );
    const runId = await world.start(document);
    await untilHeld(1);
    await world.clock.advance(1000);
    expect(findNodeState(world.runs.state(runId), 'late')).toMatchObject({ status: 'retrying', error: { code: 'lane.timedOut' } });
    held[0]?.release();
    await world.clock.advance(500);
    await untilHeld(2);
    held[1]?.release();
    expect((await world.settled(runId)).status).toBe('succeeded');
  });

  it('waits again after a restart, and nothing is done twice', async () => {
    const { work, held, untilHeld } = createHeldTool();
    const world = createRunWorld({ tools: { work: { ...work, effect: 'idempotent' } }, scheduling: scheduling(oneWorker) });
    const runId = await world.start(three);
    await untilHeld(1);
    await world.reopen();
    await world.runs.recover();
    for (const count of [2, 3, 4]) {
      await untilHeld(count);
      held[count - 1]?.release();
    }
    const state = await world.settled(runId);
    expect(state.status).toBe('succeeded');
    expect(held.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c', 'c']);
  });

  it('is refused by a full lane that rejects, and its run fails with words', async () => {
    const { work } = createHeldTool();
    const lanes = [{ name: 'default' }, { name: 'narrow', quota: 1, maxDepth: 1, whenFull: 'reject' }];
    const world = createRunWorld({ tools: { work }, scheduling: scheduling({ lanes }) });
    const narrow = (name: string) => tool(name, { lane: 'narrow', policy: { maxAttempts: 1 } });
    const state = await world.settled(await world.start(toDocument({ a: narrow('a'), b: narrow('b'), c: narrow('c') }, [])));
    expect(state).toMatchObject({ status: 'failed', failedNode: 'c', error: { code: 'lane.rejected' } });
    expect(findNodeState(state, 'b')?.status).toBe('cancelled');
  });

  it('gives its place to others while a person is asked', async () => {
    const { work, held, untilHeld } = createHeldTool();
    const asking = tool('asking', { priority: 9, config: { tool: 'work', arguments: { name: 'asking' }, approval: 'always' } });
    const world = createRunWorld({ tools: { work }, scheduling: scheduling(oneWorker) });
    const runId = await world.start(toDocument({ asking, other: tool('other') }, []));
    await untilHeld(1);
    expect(held[0]?.name).toBe('other');
    held[0]?.release();
    await world.settled(runId);
    const [question] = world.runs.openApprovals();
    await world.runs.decide(runId, question?.approvalId ?? '', { type: 'grant' }, 'user');
    await untilHeld(2);
    held[1]?.release();
    expect((await world.settled(runId)).status).toBe('succeeded');
  });

  it.each([
    ['before the answer', false],
    ['after the answer, while it waits for its place', true],
  ])('can be stopped %s although others hold every place', async (_, isAnswered) => {
    const { work, untilHeld } = createHeldTool();
    const asking = tool('asking', { config: { tool: 'work', arguments: { name: 'asking' }, approval: 'always' } });
    const world = createRunWorld({ tools: { work }, scheduling: scheduling(oneWorker) });
    const runId = await world.start(toDocument({ asking }, []));
    await world.settled(runId);
    await world.start(toDocument({ other: tool('other') }, []));
    await untilHeld(1);
    if (isAnswered) await world.runs.decide(runId, world.runs.openApprovals()[0]?.approvalId ?? '', { type: 'grant' }, 'user');
    await world.runs.cancel(runId, 'enough');
    while (world.runs.state(runId).status === 'cancelling') await new Promise((resolve) => setImmediate(resolve));
    expect(world.runs.state(runId)).toMatchObject({ status: 'cancelled', cancelReason: 'enough' });
  });

  it('is not queued behind the place that its predecessor has just left', async () => {
    const { work, held, untilHeld } = createHeldTool();
    const world = createRunWorld({ tools: { work }, scheduling: scheduling(oneWorker) });
    const runId = await world.start(toDocument({ first: tool('first'), second: tool('second') }, ['first.result->second.in']));
    for (const count of [1, 2]) {
      await untilHeld(count);
      held[count - 1]?.release();
    }
    await world.settled(runId);
    expect(world.events(runId).filter(({ type }) => type === 'node.queued')).toEqual([]);
  });
});

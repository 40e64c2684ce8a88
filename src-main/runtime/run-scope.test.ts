import { describe, expect, it } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import { findNodeState, findScope } from '#shared/run/node-states.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import type { RunState } from '#shared/run/state.ts';
import { beginRun, recordFacts, started } from '../../tests/support/recorded-facts.ts';
import { createRunWorld, type FakeTool, type RunWorld } from '../../tests/support/run-world.ts';
import { createSimulatedClock } from '../../tests/support/simulated-clock.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { createMemoryEventStore } from '../event-store/memory-event-store.ts';
import type { Attempt } from './attempt.ts';
import { createRunJournal } from './run-journal.ts';
import { createScopeRunner } from './run-scope.ts';
import { createWaiters } from './waiters.ts';

/** An item that books something and then does what the tool says; what it booked can be undone. */
const item = toDocument(
  {
    given: { kind: 'input', config: { fields: [{ name: 'x', type: 'any' }] } },
    book: { kind: 'tool', config: { tool: 'book', arguments: { x: '{{ given.x }}' } }, compensation: 'unbook' },
    work: { kind: 'tool', config: { tool: 'work', arguments: { x: '{{ given.x }}', after: '{{ book.result }}' } } },
    unbook: { kind: 'tool', config: { tool: 'unbook', arguments: {} } },
    result: { kind: 'output', config: { name: 'y' } },
  },
  ['given.x->book.in', 'book.result->work.in', 'work.result->result.value'],
);

const mapping = (config: object, policy = {}) =>
  toDocument({ each: { kind: 'map', config: { workflow: 'item', items: '[1, 2, 3]', parallel: 2, ...config }, policy } }, []);

/** The second item fails and undoes what it had booked, which takes until `undo` is called; `work` says how the others go. */
function openWorld(work: (x: unknown) => unknown) {
  const { promise: undone, resolve: undo } = Promise.withResolvers<void>();
  const { promise: undoing, resolve: reach } = Promise.withResolvers<void>();
  const tools: Record<string, FakeTool> = {
    book: { effect: 'neither', run: () => 'booked' },
    work: {
      effect: 'idempotent',
      run: ({ x }) => {
        if (x === 2) throw new HeddleError('tool.failed', 'Two is bad');
        return work(x) as string;
      },
    },
    unbook: {
      effect: 'neither',
      run: async () => {
        reach();
        await undone;
        return 'undone';
      },
    },
  };
  return { world: createRunWorld({ tools }), undo, undoing };
}

const scopesOf = (world: RunWorld, runId: string, type: string) =>
  world.events(runId).flatMap((event) => (event.type === type ? [(event.data as { scope: string }).scope] : []));

describe('a map whose second item is being undone', () => {
  it('begins no further item when the run is cancelled, and ends when that is undone', async () => {
    const { promise: never } = Promise.withResolvers<string>();
    const { world, undo, undoing } = openWorld(() => never);
    const runId = await world.start(mapping({}), { subworkflows: { item } });
    await undoing;
    await world.runs.cancel(runId, 'enough');
    while (!scopesOf(world, runId, 'scope.cancelled').includes('each#1/i0')) await world.clock.advance(1);
    undo();
    const state = await world.settled(runId);
    expect(state).toMatchObject({ status: 'cancelled', activeNodes: 0, atWork: 0 });
    expect(scopesOf(world, runId, 'scope.started')).toEqual(['each#1/i0', 'each#1/i1']);
    expect(findScope(state, 'each#1/i1')).toMatchObject({ status: 'cancelled', saga: { status: 'completed', failed: [] } });
    expect(foldRun(world.events(runId))).toEqual(state);
  });

  it('lets the host leave, also when the time of the map is up', async () => {
    const { world, undoing } = openWorld((x) => x);
    await world.start(mapping({}, { timeoutMs: 500, maxAttempts: 1 }), { subworkflows: { item } });
    await undoing;
    await world.clock.advance(600);
    await world.runs.close();
    await world.store.close();
  });

  it('asks that item once to stop: when enough results are there, not again when its time is up', async () => {
    const { world, undo, undoing } = openWorld((x) => x);
    const document = mapping({ aggregation: 'first', count: 1 }, { timeoutMs: 500, maxAttempts: 1 });
    const runId = await world.start(document, { subworkflows: { item } });
    await undoing;
    while (scopesOf(world, runId, 'scope.cancelRequested').length === 0) await world.clock.advance(1);
    await world.clock.advance(600);
    undo();
    const state = await world.settled(runId);
    expect(state).toMatchObject({ status: 'failed', error: { code: 'node.timedOut' } });
    expect(scopesOf(world, runId, 'scope.cancelRequested')).toEqual(['each#1/i1']);
    expect(findNodeState(state, 'each#1/i1/unbook')?.status).toBe('succeeded');
  });
});

it('a scope is refused when it is nested deeper than a workflow may be that does not run itself', async () => {
  const scopeAt = (depth: number) => Array.from({ length: depth }, () => 'sub#1/i0').join('/');
  const state = beginRun(toDocument({}, []));
  const journal = { state: () => state } as unknown as Parameters<typeof createScopeRunner>[0]['journal'];
  const leaving = new AbortController().signal;
  const runScope = createScopeRunner({ journal, waiters: createWaiters(), isStopping: () => false, leaving, go: () => undefined });
  const open = (depth: number) => {
    const start = { frame: `${scopeAt(depth - 1)}/sub#1`, attempt: 1 };
    const attempt = { address: `${scopeAt(depth - 1)}/sub`, start, signal: leaving, pass: () => Promise.resolve() };
    return runScope(attempt as unknown as Attempt, { index: 0, workflowPath: 'self', inputs: {} });
  };
  await expect(open(64)).rejects.toMatchObject({ code: 'workflow.notFound' });
  await expect(open(65)).rejects.toMatchObject({ code: 'run.tooDeep', message: expect.stringContaining('more than 64 deep') });
});

it('a scope is not begun when there is enough by the time that it may begin', async () => {
  const state = beginRun(toDocument({ each: { kind: 'map' } }, []));
  const journal = { state: () => state } as unknown as Parameters<typeof createScopeRunner>[0]['journal'];
  const { signal } = new AbortController();
  const runScope = createScopeRunner({ journal, waiters: createWaiters(), isStopping: () => false, leaving: signal, go: () => undefined });
  const enough = new AbortController();
  // An interrupted run is told to go on only when another item has brought the last result.
  const pass = async () => enough.abort();
  const attempt = { address: 'each', start: { frame: 'each#1', attempt: 1 }, signal, pass } as unknown as Attempt;
  expect(await runScope(attempt, { index: 0, workflowPath: 'item', inputs: {}, signal: enough.signal })).toEqual({ type: 'cancelled' });
});

describe('a scope that was begun in an earlier life of the host', () => {
  /** A journal with the scope of a subflow in it, and what runs scopes for its attempt. */
  function openScope(signal: AbortSignal) {
    const workflow = toDocument({ sub: { kind: 'subflow', config: { workflow: 'item' } } }, []);
    const start = recordFacts(beginRun(workflow, { subworkflows: { item } }), started('sub'), [
      'scope.started',
      { scope: 'sub#1/i0', workflowPath: 'item', inputs: { x: 1 } },
    ]);
    const store = createMemoryEventStore();
    const append: typeof store.append = (stream, expectedSeq, events) => store.append(stream, expectedSeq - start.lastSeq, events);
    const journal = createRunJournal({ append }, createSimulatedClock(), start, { onDurable: () => undefined, onFault: () => undefined });
    const waiters = createWaiters();
    /** Plans nothing, but ends a scope that was asked to stop, as the run loop does. */
    const go = (changed: readonly string[]) => {
      expect(changed).toEqual(['sub#1/i0/']);
      void journal.record('scope.cancelled', { scope: 'sub#1/i0' });
      waiters.wake('sub#1/i0');
    };
    const runScope = createScopeRunner({ journal, waiters, isStopping: () => false, leaving: new AbortController().signal, go });
    const attempt = {
      address: 'sub',
      signal,
      start: (start.nodes[0] as Extract<RunState['nodes'][number], { attempts: unknown }>).attempts[0],
      activity: { parked: (wait: () => Promise<void>) => wait() },
    } as unknown as Attempt;
    return { journal, run: (order: object) => runScope(attempt, { index: 0, workflowPath: 'item', inputs: { x: 1 }, ...order }) };
  }

  it('is stopped in order when whoever takes it up again has enough', async () => {
    const { journal, run } = openScope(new AbortController().signal);
    expect(await run({ signal: AbortSignal.abort() })).toEqual({ type: 'cancelled' });
    expect(findScope(journal.state(), 'sub#1/i0')).toMatchObject({ status: 'cancelled', cancelReason: 'enough results are there' });
  });

  it('is stopped in order when the time of its attempt is up', async () => {
    const { journal, run } = openScope(AbortSignal.abort(new HeddleError('node.timedOut', 'It took too long.')));
    await expect(run({})).rejects.toMatchObject({ code: 'node.timedOut' });
    expect(findScope(journal.state(), 'sub#1/i0')).toMatchObject({ status: 'cancelled', cancelReason: 'It took too long.' });
  });

  it('stays as it is when the host leaves', async () => {
    const { journal, run } = openScope(AbortSignal.abort(new HeddleError('journal.stopped', 'The host is stopping.')));
    await expect(run({})).rejects.toMatchObject({ code: 'journal.stopped' });
    expect(findScope(journal.state(), 'sub#1/i0')).toMatchObject({ status: 'running', cancelReason: null });
  });
});

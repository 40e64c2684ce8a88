import { describe, expect, it } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import { findNodeState } from '#shared/run/node-states.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import type { HookPoint, WorkflowDocument } from '#shared/workflow/document.ts';
import { createRunWorld, type FakeTool, type RunWorld } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';

const tool = (name: string) => ({ kind: 'tool' as const, config: { tool: name, arguments: {} } });
const given: FakeTool = { run: () => 'given' };
const failing: FakeTool = {
  run: () => {
    throw new HeddleError('tool.failed', 'No car is left');
  },
};
const namesOf = (world: RunWorld) => world.ledger.map((call) => call.tool);

/** A tool whose first call waits until it is let through, and tells when it has been reached. */
function createSlowTool<Value>(value: Value) {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const run = async () => {
    reach();
    await opened;
    return value;
  };
  return { open, reached, tool: { run } as unknown as FakeTool };
}

function withHook(document: WorkflowDocument, point: HookPoint): WorkflowDocument {
  return { ...document, hooks: [{ id: 'guard', point, action: { type: 'code', source: 'return null;' } }] };
}

describe('a saga that is interrupted', () => {
  const trip = toDocument(
    {
      flight: { ...tool('book'), compensation: 'noFlight' },
      hotel: { ...tool('book'), compensation: 'noHotel' },
      car: tool('fail'),
      noFlight: tool('cancel'),
      noHotel: tool('cancel'),
    },
    ['flight.result->hotel.in', 'hotel.result->car.in'],
  );

  it.each([
    ['finish', 'cancel'],
    ['finish', 'compensate'],
    ['abandon', 'cancel'],
    ['abandon', 'compensate'],
  ] as const)('to %s goes on to its end when the run is then told to %s', async (mode, command) => {
    const slow = createSlowTool('undone');
    const world = createRunWorld({ tools: { book: given, fail: failing, cancel: slow.tool } });
    const runId = await world.start(trip);
    await slow.reached;
    await world.runs.interrupt(runId, mode, 'wait', 'test');
    slow.open();
    const held = await world.settled(runId);
    expect(held.status).toBe('interrupted');
    expect(findNodeState(held, 'noFlight')?.status).toBe('pending');
    await world.runs[command](runId, 'enough', 'me');
    const state = await world.settled(runId);
    expect(state).toMatchObject({ status: 'cancelled', saga: { status: 'completed', failed: [] } });
    expect(foldRun(world.events(runId))).toEqual(state);
  });
});

describe('a subflow that undoes', () => {
  const inner = toDocument({ cancel: { ...tool('cancel'), compensation: 'again' }, again: tool('book') }, []);
  const trip = toDocument(
    {
      flight: { ...tool('book'), compensation: 'noFlight' },
      car: tool('fail'),
      noFlight: { kind: 'subflow', config: { workflow: 'inner' } },
    },
    ['flight.result->car.in'],
  );
  const nested = toDocument({ trip: { kind: 'subflow', config: { workflow: 'trip' } }, car: tool('fail') }, ['trip.outputs->car.in']);
  const quiet = { ...trip, nodes: trip.nodes.map((node) => (node.id === 'car' ? { ...node, disabled: true } : node)) };

  it('runs to its end although the run is failing, and is not undone itself', async () => {
    const world = createRunWorld({ tools: { book: given, fail: failing, cancel: given } });
    const state = await world.settled(await world.start(trip, { subworkflows: { inner } }));
    expect(state).toMatchObject({ status: 'failed', saga: { status: 'completed', failed: [] } });
    expect(namesOf(world)).toEqual(['book', 'fail', 'cancel']);
  });

  it.each([
    ['beside what it undoes', trip, { inner }],
    ['in a scope that has ended', nested, { trip: quiet, inner }],
  ])('%s goes on after the host has died at any event', async (_where, document, subworkflows) => {
    for (let dieAfter = 1; ; dieAfter += 1) {
      const world = createRunWorld({ tools: { book: given, fail: failing, cancel: given }, dieAfterEvents: dieAfter });
      const runId = await world.start(document, { subworkflows });
      const died = await Promise.race([world.died.then(() => true), world.settled(runId).then(() => false)]);
      if (!died) return;
      await world.reopen();
      await world.runs.recover();
      const state = await world.settled(runId);
      expect(state, `after ${dieAfter} events`).toMatchObject({ status: 'failed', saga: { status: 'completed', failed: [] } });
      expect(namesOf(world), `after ${dieAfter} events`).toContain('cancel');
    }
  });
});

describe('while the hooks before a run are asked', () => {
  const veto = { value: { veto: 'not today' } };
  const document = withHook(toDocument({ book: tool('book') }, []), 'beforeRun');

  it('steering begins nothing', async () => {
    const slow = createSlowTool(veto);
    const world = createRunWorld({ tools: { book: given, run_code: slow.tool } });
    const runId = await world.start(document);
    await slow.reached;
    await world.runs.steer(runId, [{ type: 'budget', budgetUsd: 5 }], 'test');
    slow.open();
    expect(await world.settled(runId)).toMatchObject({ status: 'failed', error: { code: 'node.vetoed' } });
    expect(namesOf(world)).toEqual(['run_code']);
  });

  it('an interrupt holds the run, and a new host asks them when it is told to go on', async () => {
    const slow = createSlowTool(veto);
    const world = createRunWorld({ tools: { book: given, run_code: slow.tool } });
    const runId = await world.start(document);
    await slow.reached;
    await world.runs.interrupt(runId, 'finish', 'wait', 'test');
    await world.reopen();
    await world.runs.recover();
    slow.open();
    await world.runs.continue(runId, 'test');
    expect(await world.settled(runId)).toMatchObject({ status: 'failed', error: { code: 'node.vetoed' } });
    expect(namesOf(world)).toEqual(['run_code', 'run_code']);
  });
});

it('a run that is told to undo itself while the hooks after it are asked does so before it ends', async () => {
  const asked = createSlowTool({ value: null });
  const undoing = createSlowTool('undone');
  const world = createRunWorld({ tools: { book: given, cancel: undoing.tool, run_code: asked.tool } });
  const trip = toDocument({ flight: { ...tool('book'), compensation: 'noFlight' }, noFlight: tool('cancel') }, []);
  const runId = await world.start(withHook(trip, 'afterRun'));
  await asked.reached;
  await world.runs.compensate(runId, 'changed my mind', 'me');
  await undoing.reached;
  asked.open();
  undoing.open();
  const state = await world.settled(runId);
  expect(state).toMatchObject({ status: 'cancelled', saga: { status: 'completed', failed: [] } });
});

it('names that every record knows are refused, not taken for something that is there', async () => {
  const world = createRunWorld();
  const runId = await world.start(toDocument({ question: { kind: 'form' } }, []));
  await world.settled(runId);
  for (const name of ['__proto__', 'constructor', 'toString']) {
    await expect(world.runs.decide(runId, name, { type: 'deny', reason: '' }, 'test')).rejects.toMatchObject({ code: 'approval.notFound' });
    const skip = { type: 'skip', workflow: name, node: 'question' } as const;
    await expect(world.runs.steer(runId, [skip], 'test')).rejects.toMatchObject({ code: 'run.steeringInvalid' });
    const branch = toDocument({ way: { kind: 'branch', config: { cases: [{ name, when: 'false' }] } } }, []);
    await expect(world.start(branch)).rejects.toMatchObject({ code: 'workflow.invalid' });
    const state = await world.settled(await world.start(toDocument({ below: { kind: 'subflow', config: { workflow: name } } }, [])));
    expect(state.error).toMatchObject({ code: 'workflow.notFound' });
  }
});

it('a run keeps a thousand signals that nobody waits for, and refuses more', async () => {
  const world = createRunWorld();
  const runId = await world.start(toDocument({ question: { kind: 'form' }, news: { kind: 'signal', config: { name: 'news' } } }, []));
  await world.settled(runId);
  for (let sent = 0; sent < 1000; sent += 1) await world.runs.signal(runId, 'noise', sent, 'test');
  await expect(world.runs.signal(runId, 'noise', 1000, 'test')).rejects.toMatchObject({ code: 'request.tooMany' });
  await world.runs.signal(runId, 'news', 'heard', 'test');
  expect(findNodeState(world.runs.state(runId), 'news')).toMatchObject({ attempts: [{ waits: [{ outcome: { payload: 'heard' } }] }] });
});

it('a map refuses a list that no run could carry', async () => {
  const inner = toDocument({}, []);
  const items = Array.from({ length: 317 }, () => 0).flatMap((_, row) => Array.from({ length: 317 }, (__, column) => row + column));
  const world = createRunWorld({ tools: { list: { run: () => items } } });
  const document = toDocument({ list: tool('list'), each: { kind: 'map', config: { workflow: 'inner' } } }, ['list.result->each.items']);
  const state = await world.settled(await world.start(document, { subworkflows: { inner } }));
  expect(state.error).toMatchObject({ code: 'node.outputInvalid', message: expect.stringContaining('at most 100000 items') });
});

import { describe, expect, it } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import { findNodeState } from '#shared/run/node-states.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { createRunWorld, type FakeTool, type RunWorld, toAnswer } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';

const tool = (name: string, more: JsonObject = {}) => ({
  kind: 'tool' as const,
  config: { tool: name, arguments: { from: name }, ...more },
});

const typesOf = (world: RunWorld, runId: string) => world.events(runId).map(({ type }) => type);

/** The event that first waits for `promise`, so that a test can act while a call is at work. */
function createGate() {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  /** Gives `value` once the gate is open. */
  const pass = async <Value>(value: Value): Promise<Value> => {
    reach();
    await opened;
    return value;
  };
  return { open, reached, pass };
}

describe('a saga', () => {
  const trip = (more: Partial<WorkflowDocument> = {}): WorkflowDocument => ({
    ...toDocument(
      {
        flight: { ...tool('book_flight'), compensation: 'noFlight' },
        hotel: { ...tool('book_hotel'), compensation: 'noHotel' },
        car: { ...tool('book_car'), compensation: 'noCar' },
        noFlight: { kind: 'tool', config: { tool: 'cancel', arguments: { what: '{{ inputs.in }}' } } },
        noHotel: {
          kind: 'tool',
          config: { tool: 'cancel', arguments: { what: '{{ inputs.in }}' } },
          policy: { maxAttempts: 2, backoffMs: 5 },
        },
        noCar: { kind: 'tool', config: { tool: 'cancel', arguments: { what: '{{ inputs.in }}' } } },
      },
      ['flight.result->hotel.in', 'hotel.result->car.in'],
    ),
    ...more,
  });
  const booking = (name: string): FakeTool => ({ effect: 'neither', run: () => `${name} booked` });
  const noCar: FakeTool = {
    run: () => {
      throw new HeddleError('tool.failed', 'No car is left');
    },
  };
  const tools = { book_flight: booking('flight'), book_hotel: booking('hotel'), book_car: noCar, cancel: { run: () => 'undone' } };

  it('undoes what was completed from the last to the first, once each, before the run fails', async () => {
    const world = createRunWorld({ tools });
    const state = await world.settled(await world.start(trip()));
    expect(state).toMatchObject({
      status: 'failed',
      error: { message: 'No car is left' },
      failedNode: 'car',
      saga: { status: 'completed', failed: [] },
    });
    expect(world.ledger.filter(({ tool: name }) => name === 'cancel').map(({ args }) => args.what)).toEqual([
      'hotel booked',
      'flight booked',
    ]);
    expect(findNodeState(state, 'noCar')?.status).toBe('pending');
    expect(foldRun(world.events(state.runId))).toEqual(state);
    expect([state.activeNodes, state.atWork]).toEqual([0, 0]);
  });

  it('never runs a compensation in a run that goes well', async () => {
    const world = createRunWorld({ tools: { ...tools, book_car: booking('car') } });
    const state = await world.settled(await world.start(trip()));
    expect([state.status, state.saga]).toEqual(['succeeded', null]);
    expect(world.ledger.some(({ tool: name }) => name === 'cancel')).toBe(false);
  });

  it('tries a compensation again by its own policy, and goes on past one that fails', async () => {
    let calls = 0;
    const cancel: FakeTool = {
      run: ({ what }) => {
        calls += 1;
        if (what === 'flight booked' || calls === 1) throw new HeddleError('tool.failed', 'Not now');
        return 'undone';
      },
    };
    const world = createRunWorld({ tools: { ...tools, cancel } });
    const runId = await world.start(trip());
    await world.clock.waitForTimers(1);
    await world.clock.advance(5);
    const state = await world.settled(runId);
    expect(state.saga).toMatchObject({ status: 'completed', failed: ['noFlight'] });
    expect(state.status).toBe('failed');
    expect(calls).toBe(3);
  });

  it('undoes a run on demand, while it waits for a person', async () => {
    const world = createRunWorld({ tools });
    const asking = trip();
    const document = {
      ...asking,
      nodes: asking.nodes.map((node) => (node.id === 'car' ? { ...node, config: { ...node.config, approval: 'always' } } : node)),
    };
    const runId = await world.start(document);
    await world.settled(runId);
    await world.runs.compensate(runId, 'changed my mind', 'me');
    const state = await world.settled(runId);
    expect(state).toMatchObject({ status: 'cancelled', cancelReason: 'changed my mind', saga: { status: 'completed', failed: [] } });
    expect(world.ledger.map(({ tool: name }) => name)).toEqual(['book_flight', 'book_hotel', 'cancel', 'cancel']);
  });

  it('also undoes what a subflow had completed', async () => {
    const world = createRunWorld({ tools });
    const inner = toDocument(
      {
        flight: { ...tool('book_flight'), compensation: 'noFlight' },
        noFlight: { kind: 'tool', config: { tool: 'cancel', arguments: { what: '{{ inputs.in }}' } } },
        done: { kind: 'output', config: { name: 'done' } },
      },
      ['flight.result->done.value'],
    );
    const document = toDocument({ inner: { kind: 'subflow', config: { workflow: 'inner' } }, car: tool('book_car') }, [
      'inner.outputs->car.in',
    ]);
    const state = await world.settled(await world.start(document, { subworkflows: { inner } }));
    expect(state).toMatchObject({ status: 'failed', saga: { status: 'completed', failed: [] } });
    expect(world.ledger.map(({ tool: name }) => name)).toEqual(['book_flight', 'book_car', 'cancel']);
    expect(findNodeState(state, 'inner#1/i0/noFlight')?.status).toBe('succeeded');
  });

  it('goes on where it was when the host dies while it undoes', async () => {
    for (let dieAfter = 1; ; dieAfter += 1) {
      const world = createRunWorld({
        tools: { ...tools, cancel: { effect: 'idempotent', run: () => 'undone' } },
        dieAfterEvents: dieAfter,
      });
      const runId = await world.start(trip());
      const died = await Promise.race([world.died.then(() => true), world.settled(runId).then(() => false)]);
      if (!died) return;
      await world.reopen();
      await world.runs.recover();
      for (const { approvalId } of world.runs.openApprovals()) {
        await world.runs.decide(runId, approvalId, { type: 'resolve', decision: { type: 'assumeDone', result: 'booked' } }, 'test');
      }
      let state = await world.settled(runId);
      for (const { approvalId } of world.runs.openApprovals()) {
        await world.runs.decide(runId, approvalId, { type: 'resolve', decision: { type: 'fail' } }, 'test');
        state = await world.settled(runId);
      }
      expect(state.status, `after ${dieAfter} events`).toBe('failed');
      const undone = new Set(world.ledger.filter(({ tool: name }) => name === 'cancel').map(({ key }) => key));
      expect(undone.size, `after ${dieAfter} events`).toBe(state.saga === null ? 0 : 2);
    }
  });
});

describe('an interrupted run', () => {
  const chain = toDocument({ one: tool('one'), two: tool('two'), result: { kind: 'output', config: { name: 'done' } } }, [
    'one.result->two.in',
    'two.result->result.value',
  ]);

  it('lets what is at work finish, starts nothing more, keeps across a restart, and goes on when told', async () => {
    const gate = createGate();
    const world = createRunWorld({
      tools: { one: { effect: 'neither', run: () => gate.pass(1) }, two: { effect: 'neither', run: () => 2 } },
    });
    const runId = await world.start(chain);
    await gate.reached;
    await world.runs.interrupt(runId, 'finish', 'lunch', 'test');
    expect(world.runs.state(runId).status).toBe('interrupting');
    gate.open();
    expect((await world.settled(runId)).status).toBe('interrupted');
    expect(world.ledger.map(({ tool: name }) => name)).toEqual(['one']);
    await world.reopen();
    await world.runs.recover();
    expect(world.runs.state(runId).status).toBe('interrupted');
    await world.runs.continue(runId, 'test');
    const state = await world.settled(runId);
    expect(state.outputs).toEqual({ done: 2 });
    expect(world.ledger.map(({ tool: name }) => name)).toEqual(['one', 'two']);
  });

  it('drops what is at work when told to abandon, and asks about a call that nobody knows the end of', async () => {
    const gate = createGate();
    let calls = 0;
    const one: FakeTool = { effect: 'neither', run: () => (++calls === 1 ? gate.pass(1) : 1) };
    const world = createRunWorld({ tools: { one, two: { run: () => 2 } } });
    const runId = await world.start(chain);
    await gate.reached;
    await world.runs.interrupt(runId, 'abandon', 'now', 'test');
    expect((await world.settled(runId)).status).toBe('interrupted');
    await world.runs.continue(runId, 'test');
    expect((await world.settled(runId)).status).toBe('waiting');
    const [question] = world.runs.openApprovals();
    expect(question?.subject.type).toBe('outcomeUnknown');
    await world.runs.decide(runId, question?.approvalId ?? '', { type: 'resolve', decision: { type: 'retry' } }, 'test');
    expect((await world.settled(runId)).outputs).toEqual({ done: 2 });
    expect(calls).toBe(2);
  });

  it('holds an agent between its turns', async () => {
    const gate = createGate();
    const agent = toDocument(
      {
        helper: { kind: 'agent', config: { model: 'test/model', prompt: 'Do it', tools: [{ name: 'look' }] } },
        result: { kind: 'output', config: { name: 'text' } },
      },
      ['helper.text->result.value'],
    );
    let asked = 0;
    const world = createRunWorld({
      model: () => (++asked === 1 ? toAnswer('', [{ name: 'look', arguments: {} }]) : toAnswer('done')),
      tools: { look: { run: () => gate.pass('seen') } },
    });
    const runId = await world.start(agent);
    await gate.reached;
    await world.runs.interrupt(runId, 'finish', 'look', 'test');
    gate.open();
    expect((await world.settled(runId)).status).toBe('interrupted');
    expect(asked).toBe(1);
    await world.runs.continue(runId, 'test');
    expect((await world.settled(runId)).outputs).toEqual({ text: 'done' });
  });

  it('can be cancelled, and then starts nothing', async () => {
    const gate = createGate();
    const world = createRunWorld({ tools: { one: { run: () => gate.pass(1) }, two: { run: () => 2 } } });
    const runId = await world.start(chain);
    await gate.reached;
    await world.runs.interrupt(runId, 'finish', 'lunch', 'test');
    gate.open();
    await world.settled(runId);
    await world.runs.cancel(runId, 'no more');
    expect((await world.settled(runId)).status).toBe('cancelled');
    expect(world.ledger).toHaveLength(1);
  });

  it('interrupts itself when it has cost its budget, and goes on only with a larger one', async () => {
    const two = toDocument(
      {
        first: { kind: 'prompt', config: { model: 'test/model', prompt: 'a' } },
        second: { kind: 'prompt', config: { model: 'test/model', prompt: '{{ first.text }}' } },
        result: { kind: 'output', config: { name: 'text' } },
      },
      ['first.text->second.in', 'second.text->result.value'],
    );
    let asked = 0;
    const world = createRunWorld({ model: () => toAnswer(`answer ${++asked}`) });
    const runId = await world.start(two, { budgetUsd: 0.001 });
    expect((await world.settled(runId)).status).toBe('interrupted');
    expect(asked).toBe(1);
    await expect(world.runs.continue(runId, 'test')).rejects.toMatchObject({ code: 'run.overBudget' });
    await world.runs.steer(runId, [{ type: 'budget', budgetUsd: 1 }], 'test');
    await world.runs.continue(runId, 'test');
    expect((await world.settled(runId)).outputs).toEqual({ text: 'answer 2' });
    expect(typesOf(world, runId).filter((type) => type === 'run.interrupted')).toHaveLength(1);
  });
});

describe('a steered run', () => {
  const branching = toDocument(
    {
      first: tool('first'),
      way: { kind: 'branch', config: { cases: [{ name: 'yes', when: 'true' }] } },
      yes: { kind: 'output', config: { name: 'yes' } },
      no: { kind: 'output', config: { name: 'no' } },
    },
    ['first.result->way.in', 'way.yes->yes.value', 'way.else->no.value'],
  );

  async function steerWhileFirst(changes: Parameters<RunWorld['runs']['steer']>[1]) {
    const gate = createGate();
    const world = createRunWorld({ tools: { first: { run: () => gate.pass('v') }, other: { run: () => 'w' } } });
    const runId = await world.start(branching);
    await gate.reached;
    await world.runs.steer(runId, changes, 'test');
    gate.open();
    const state = await world.settled(runId);
    expect(foldRun(world.events(runId))).toEqual(state);
    return state;
  }

  it('takes the way it was told to', async () => {
    const state = await steerWhileFirst([{ type: 'path', workflow: null, node: 'way', case: 'else' }]);
    expect(state.outputs).toEqual({ yes: null, no: 'v' });
  });

  it('leaves out a node that has not begun', async () => {
    const state = await steerWhileFirst([{ type: 'skip', workflow: null, node: 'yes' }]);
    expect(findNodeState(state, 'yes')).toMatchObject({ status: 'skipped', reason: 'disabled' });
  });

  it('uses new settings for what has not begun', async () => {
    const state = await steerWhileFirst([
      { type: 'config', workflow: null, node: 'way', config: { cases: [{ name: 'yes', when: 'false' }] } },
    ]);
    expect(state.outputs).toEqual({ yes: null, no: 'v' });
  });

  it('refuses what it has not, and what comes too late', async () => {
    await expect(steerWhileFirst([{ type: 'path', workflow: null, node: 'way', case: 'maybe' }])).rejects.toMatchObject({
      code: 'run.steeringInvalid',
    });
    await expect(steerWhileFirst([{ type: 'skip', workflow: null, node: 'first' }])).rejects.toMatchObject({ code: 'run.steeringInvalid' });
    await expect(steerWhileFirst([{ type: 'skip', workflow: null, node: 'gone' }])).rejects.toMatchObject({ code: 'run.steeringInvalid' });
  });
});

import { describe, expect, it } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import { findNodeState } from '#shared/run/node-states.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import { createRunWorld, toAnswer } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';

const summarise = toDocument(
  {
    brief: { kind: 'input', config: { fields: [{ name: 'topic', type: 'string', required: true }] } },
    writer: { kind: 'prompt', config: { model: 'test/model', prompt: 'Write about {{ brief.topic }}' } },
    result: { kind: 'output', config: { name: 'text' } },
  },
  ['brief.topic->writer.in', 'writer.text->result.value'],
);

const withAgent = toDocument(
  {
    helper: { kind: 'agent', config: { model: 'test/model', prompt: 'Do it', tools: [{ name: 'pay' }, { name: 'look' }], maxTurns: 4 } },
    result: { kind: 'output', config: { name: 'text' } },
  },
  ['helper.text->result.value'],
);

/** Asks for the given calls first and answers when their results are there. */
function callThenAnswer(calls: Parameters<typeof toAnswer>[1]) {
  return (request: { messages: readonly { role: string; text: string }[] }) => {
    const results = request.messages.filter((message) => message.role === 'tool');
    return results.length === 0 ? toAnswer('', calls) : toAnswer(`Got ${results.map((message) => message.text).join(', ')}`);
  };
}

describe('a run', () => {
  it('passes values along edges and templates and ends with the outputs', async () => {
    const world = createRunWorld({ model: (request) => toAnswer(`About: ${request.messages.at(-1)?.text}`) });
    const runId = await world.start(summarise, { inputs: { topic: 'looms' } });
    const state = await world.settled(runId);
    expect(state).toMatchObject({
      status: 'succeeded',
      outputs: { text: 'About: Write about looms' },
      usage: { modelCalls: 1, costUsd: 0.001 },
    });
    expect(world.runs.summary(runId)).toMatchObject({ status: 'succeeded', workflowName: 'Test workflow' });
  });

  it('folds to the same state from its journal as it held live', async () => {
    const world = createRunWorld({ model: () => toAnswer('done') });
    const runId = await world.start(summarise, { inputs: { topic: 'looms' } });
    const live = await world.settled(runId);
    expect(foldRun(world.events(runId))).toEqual(live);
  });

  it('refuses inputs that are missing, unknown or of the wrong type, and names them', async () => {
    const world = createRunWorld();
    await expect(world.start(summarise)).rejects.toMatchObject({ code: 'run.inputInvalid', details: { input: 'topic' } });
    await expect(world.start(summarise, { inputs: { topic: 3 } })).rejects.toMatchObject({ code: 'run.inputInvalid' });
    await expect(world.start(summarise, { inputs: { topic: 'x', colour: 'red' } })).rejects.toMatchObject({ details: { input: 'colour' } });
  });

  it('makes the calls of one turn side by side and gives their results back in order', async () => {
    const world = createRunWorld({
      model: callThenAnswer([
        { id: 'a', name: 'look', arguments: { at: 'one' } },
        { id: 'b', name: 'look', arguments: { at: 'two' } },
      ]),
      tools: { look: { run: (args) => `seen ${String(args.at)}` }, pay: { run: () => 'paid' } },
    });
    const state = await world.settled(await world.start(withAgent));
    expect(state.outputs).toEqual({ text: 'Got seen one, seen two' });
    expect(world.events(state.runId).map((event) => event.type)).toEqual([
      'run.started',
      'node.started',
      'turn.started',
      'modelCall.started',
      'modelCall.completed',
      'toolCall.requested',
      'toolCall.requested',
      'toolCall.started',
      'toolCall.started',
      'toolCall.completed',
      'toolCall.completed',
      'turn.completed',
      'turn.started',
      'modelCall.started',
      'modelCall.completed',
      'turn.completed',
      'node.succeeded',
      'node.started',
      'node.succeeded',
      'run.succeeded',
    ]);
  });

  it('gives bad arguments and tools that were not offered back to the model as errors, and calls nothing', async () => {
    const seen: string[] = [];
    const world = createRunWorld({
      model: (request) => {
        const results = request.messages.filter((message) => message.role === 'tool');
        seen.push(...results.map((message) => message.text));
        if (results.length > 0) return toAnswer('I see');
        const broken = toAnswer('', [
          { name: 'look', arguments: {} },
          { name: 'erase', arguments: {} },
        ]);
        return {
          ...broken,
          toolCalls: broken.toolCalls.map((call) => (call.name === 'look' ? { ...call, arguments: null, rawArguments: '{"at": ' } : call)),
        };
      },
      tools: { look: { run: () => 'seen' }, pay: { run: () => 'paid' }, erase: { run: () => 'gone' } },
    });
    const state = await world.settled(await world.start(withAgent));
    expect(state.status).toBe('succeeded');
    expect(world.ledger).toEqual([]);
    expect(seen[0]).toContain('not a JSON object');
    expect(seen[1]).toContain('There is no tool “erase”');
  });

  it('takes one way at a branch, skips the other, and merges what arrived', async () => {
    const document = toDocument(
      {
        brief: { kind: 'input', config: { fields: [{ name: 'amount', type: 'number', required: true }] } },
        size: { kind: 'branch', config: { cases: [{ name: 'large', when: 'brief.amount > 100.0' }] } },
        big: { kind: 'transform', config: { expression: '"big " + string(inputs.in)', outputType: 'string' } },
        small: { kind: 'transform', config: { expression: '"small"', outputType: 'string' } },
        both: { kind: 'merge', config: { mode: 'record' } },
        result: { kind: 'output', config: { name: 'text' } },
      },
      [
        'brief.amount->size.in',
        'size.large->big.in',
        'size.else->small.in',
        'big.value->both.in',
        'small.value->both.in',
        'both.value->result.value',
      ],
    );
    const world = createRunWorld();
    const state = await world.settled(await world.start(document, { inputs: { amount: 250 } }));
    expect(state.outputs).toEqual({ text: { big: 'big 250' } });
    expect(findNodeState(state, 'size')).toMatchObject({ takenCase: 'large' });
    expect(findNodeState(state, 'small')).toMatchObject({ status: 'skipped', reason: 'branchNotTaken' });
  });

  it('asks before a tool that asks, runs with the edited arguments, and the first answer counts', async () => {
    const world = createRunWorld({
      model: callThenAnswer([{ name: 'pay', arguments: { amount: 5 } }]),
      tools: { pay: { approval: 'always', run: (args) => `paid ${String(args.amount)}` }, look: { run: () => '' } },
    });
    const runId = await world.start(withAgent);
    expect((await world.settled(runId)).status).toBe('waiting');
    const [approval] = world.runs.openApprovals();
    expect(approval).toMatchObject({ runId, node: 'helper', subject: { type: 'toolCall', tool: 'pay', arguments: { amount: 5 } } });
    const id = approval?.approvalId ?? '';
    await world.runs.decide(runId, id, { type: 'grant', value: { amount: 3 } }, 'me');
    await expect(world.runs.decide(runId, id, { type: 'deny', reason: '' }, 'me')).rejects.toThrow(HeddleError);
    const state = await world.settled(runId);
    expect(state.outputs).toEqual({ text: 'Got paid 3' });
    expect(world.ledger.map((entry) => entry.args)).toEqual([{ amount: 3 }]);
  });

  it('tells the model when a person denied the call, and calls nothing', async () => {
    const world = createRunWorld({
      model: callThenAnswer([{ name: 'pay', arguments: {} }]),
      tools: { pay: { approval: 'always', run: () => 'paid' }, look: { run: () => '' } },
    });
    const runId = await world.start(withAgent, { approvalMode: 'none' });
    const state = await world.settled(runId);
    expect(state.status).toBe('succeeded');
    expect(state.outputs?.text).toContain('denied');
    expect(world.ledger).toEqual([]);
  });

  it('can be cancelled while a tool is at work and ends exactly once', async () => {
    const { promise: atWork, resolve: begun } = Promise.withResolvers<void>();
    const world = createRunWorld({
      model: callThenAnswer([{ name: 'look', arguments: {} }]),
      tools: {
        look: {
          run: () => {
            begun();
            return new Promise(() => undefined);
          },
        },
        pay: { run: () => '' },
      },
    });
    const runId = await world.start(withAgent);
    await atWork;
    await world.runs.cancel(runId, 'enough');
    const state = await world.settled(runId);
    expect(state).toMatchObject({
      status: 'cancelled',
      cancelReason: 'enough',
      nodes: [{ status: 'cancelled' }, { status: 'pending' }],
    });
    expect(
      world
        .events(runId)
        .filter((event) => event.type.startsWith('run.'))
        .map((event) => event.type),
    ).toEqual(['run.started', 'run.cancelRequested', 'run.cancelled']);
    expect(world.events(runId).at(-1)?.type).toBe('run.cancelled');
  });

  it('sends a request again when the provider says when, and not before', async () => {
    let calls = 0;
    const world = createRunWorld({
      model: () => {
        calls += 1;
        if (calls === 1) throw new HeddleError('model.rateLimited', 'Too many requests', { isRetryable: true, retryAfterMs: 30_000 });
        return toAnswer('at last');
      },
    });
    const runId = await world.start(summarise, { inputs: { topic: 'x' } });
    await world.clock.waitForTimers(1);
    await world.clock.advance(29_999);
    expect(calls).toBe(1);
    await world.clock.advance(1);
    expect(await world.settled(runId)).toMatchObject({ status: 'succeeded', outputs: { text: 'at last' } });
  });

  it('fails with the node and the reason when a lasting error comes', async () => {
    const world = createRunWorld({
      model: () => {
        throw new HeddleError('model.unauthorized', 'The key was refused');
      },
    });
    const state = await world.settled(await world.start(summarise, { inputs: { topic: 'x' } }));
    expect(state).toMatchObject({ status: 'failed', failedNode: 'writer', error: { code: 'model.unauthorized' } });
  });

  it('retries a node by its policy with doubling waits and then skips it when it may', async () => {
    const document = toDocument(
      {
        shaky: { kind: 'tool', config: { tool: 'shake' }, policy: { maxAttempts: 3, backoffMs: 100, onFailure: 'skip' } },
        result: { kind: 'output', config: { name: 'text' } },
      },
      ['shaky.result->result.value'],
    );
    const world = createRunWorld({
      tools: {
        shake: {
          run: () => {
            throw new HeddleError('tool.failed', 'It shook');
          },
        },
      },
    });
    const runId = await world.start(document);
    await world.clock.waitForTimers(1);
    await world.clock.advance(100);
    await world.clock.waitForTimers(1);
    await world.clock.advance(199);
    expect(world.ledger).toHaveLength(2);
    await world.clock.advance(1);
    const state = await world.settled(runId);
    expect(world.ledger).toHaveLength(3);
    expect(state).toMatchObject({
      status: 'succeeded',
      outputs: { text: null },
      nodes: [{ status: 'skipped' }, { status: 'skipped' }],
    });
  });

  it('stops a node at its time limit, not counting the time a person takes', async () => {
    const document = toDocument(
      {
        slow: { kind: 'tool', config: { tool: 'wait', approval: 'always' }, policy: { timeoutMs: 1000, maxAttempts: 1 } },
        result: { kind: 'output', config: { name: 'text' } },
      },
      ['slow.result->result.value'],
    );
    const world = createRunWorld({ tools: { wait: { run: () => new Promise(() => undefined) } } });
    const runId = await world.start(document);
    await world.settled(runId);
    await world.clock.advance(10_000);
    expect(world.runs.summary(runId).status).toBe('waiting');
    await world.runs.decide(runId, 'a1', { type: 'grant' }, 'me');
    await world.clock.waitForTimers(1);
    await world.clock.advance(1001);
    expect(await world.settled(runId)).toMatchObject({ status: 'failed', error: { code: 'node.timedOut' } });
  });

  it('stops its stream when the disk is full, says why, and goes on when resumed', async () => {
    const world = createRunWorld({ model: () => toAnswer('done') });
    const document = toDocument(
      {
        ask: { kind: 'approval', config: { title: 'Go on?' } },
        brief: { kind: 'input', config: { fields: [{ name: 'topic', type: 'string', default: 'x' }] } },
        result: { kind: 'output', config: { name: 'text' } },
      },
      ['brief.topic->ask.in', 'ask.approved->result.value'],
    );
    const runId = await world.start(document);
    await world.settled(runId);
    world.store.failNextWrite('full');
    await expect(world.runs.decide(runId, 'a1', { type: 'grant' }, 'me')).rejects.toMatchObject({ code: 'journal.writeFailed' });
    expect(world.runs.summary(runId).error?.code).toBe('journal.writeFailed');
    await world.runs.resume(runId);
    expect((await world.settled(runId)).status).toBe('waiting');
    await world.runs.decide(runId, 'a1', { type: 'grant' }, 'me');
    expect(await world.settled(runId)).toMatchObject({ status: 'succeeded', outputs: { text: 'x' } });
  });
});

import { describe, expect, it } from 'vitest';
import { createRunWorld, toAnswer } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';

const asking = toDocument(
  {
    ask: { kind: 'approval', config: { title: 'Go on?' } },
    brief: { kind: 'input', config: { fields: [{ name: 'topic', type: 'string', default: 'x' }] } },
    result: { kind: 'output', config: { name: 'text' } },
  },
  ['brief.topic->ask.in', 'ask.approved->result.value'],
);

describe('a question', () => {
  it('that its run was told how to answer is answered so even when the host died before the answer was written', async () => {
    for (const approvalMode of ['all', 'none'] as const) {
      const calm = createRunWorld();
      const calmId = await calm.start(asking, { approvalMode });
      await calm.settled(calmId);
      const asked = calm.events(calmId).findIndex((event) => event.type === 'approval.requested') + 1;
      const world = createRunWorld({ dieAfterEvents: asked });
      const runId = await world.start(asking, { approvalMode });
      await world.died;
      await world.reopen();
      await world.runs.recover();
      expect(await world.settled(runId)).toMatchObject({ status: 'succeeded', outputs: { text: approvalMode === 'all' ? 'x' : null } });
    }
  });

  it('is listed with what happens when nobody answers in time, and with who was told besides', async () => {
    const world = createRunWorld();
    const document = toDocument(
      {
        brief: { kind: 'input', config: { fields: [{ name: 'topic', type: 'string', default: 'x' }] } },
        ask: { kind: 'approval', config: { timeoutSeconds: 60, onTimeout: 'escalate', escalateTo: 'team lead' } },
      },
      ['brief.topic->ask.in'],
    );
    const runId = await world.start(document);
    await world.settled(runId);
    const dueAtMs = world.clock.nowMs() + 60_000;
    expect(world.runs.openApprovals()).toMatchObject([{ runId, deadline: { dueAtMs, onTimeout: 'escalate' }, escalatedTo: null }]);
    await world.clock.advance(60_000);
    expect(world.runs.openApprovals()).toMatchObject([{ runId, deadline: null, escalatedTo: 'team lead' }]);
  });

  it('leaves a run going while another call of the same turn has yet to begin', async () => {
    // The first lookup is for what the model is told; the second begins the call.
    let lookups = 0;
    const { promise: found, resolve: find } = Promise.withResolvers<void>();
    const world = createRunWorld({
      model: (request) =>
        request.messages.some((message) => message.role === 'tool')
          ? toAnswer('done')
          : toAnswer('', [
              { name: 'pay', arguments: {} },
              { name: 'look', arguments: {} },
            ]),
      tools: {
        pay: { approval: 'always', run: () => 'paid' },
        look: { run: () => 'seen', onFind: () => (lookups++ === 0 ? undefined : found) },
      },
    });
    const document = toDocument(
      {
        helper: { kind: 'agent', config: { model: 'test/model', prompt: 'Do', tools: [{ name: 'pay' }, { name: 'look' }], maxTurns: 3 } },
        result: { kind: 'output', config: { name: 'text' } },
      },
      ['helper.text->result.value'],
    );
    const runId = await world.start(document);
    while (world.runs.openApprovals().length === 0) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(world.runs.summary(runId).status).toBe('running');
    find();
    expect((await world.settled(runId)).status).toBe('waiting');
    expect(world.ledger.map((entry) => entry.tool)).toEqual(['look']);
  });
});

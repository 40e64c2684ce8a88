import { describe, expect, it } from 'vitest';
import { findNodeState } from '#shared/run/node-states.ts';
import type { NodePolicy } from '#shared/workflow/document.ts';
import { createRunWorld, toAnswer } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';

/** Each call of its model costs $0.001 and takes 15 tokens; the agent asks for a tool for ever. */
async function runWith(policy: NodePolicy) {
  const world = createRunWorld({
    model: () => toAnswer('', [{ name: 'look', arguments: {} }]),
    tools: { look: { run: () => 'seen' } },
  });
  const document = toDocument(
    { worker: { kind: 'agent', config: { model: 'test/model', prompt: 'go', tools: [{ name: 'look' }], maxTurns: 20 }, policy } },
    [],
  );
  const state = await world.settled(await world.start(document));
  const calls = world.events(state.runId).filter(({ type }) => type === 'modelCall.started').length;
  return { state, calls, tries: world.events(state.runId).filter(({ type }) => type === 'node.started').length };
}

describe('the budget of a node', () => {
  it('in US dollars fails it before the call after the one that reached it', async () => {
    const { state, calls } = await runWith({ budgetUsd: 0.002 });
    expect(calls).toBe(2);
    expect(state).toMatchObject({
      status: 'failed',
      error: { code: 'node.overBudget', message: 'worker may cost $0.002, and its model calls have cost $0.002.' },
    });
  });

  it('in tokens does the same', async () => {
    const { state, calls } = await runWith({ maxTokens: 40 });
    expect(calls).toBe(3);
    expect(state.error?.message).toBe('worker may use 40 tokens, and its model calls have used 45.');
  });

  it('is not tried against again, whatever the policy allows', async () => {
    expect(await runWith({ maxTokens: 15, maxAttempts: 5 })).toMatchObject({ tries: 1, calls: 1 });
  });

  it('lets the run go on without the node where the policy says so', async () => {
    const { state } = await runWith({ maxTokens: 15, onFailure: 'skip' });
    expect(state.status).toBe('succeeded');
    expect(findNodeState(state, 'worker')).toMatchObject({ status: 'skipped', reason: 'failed' });
  });
});

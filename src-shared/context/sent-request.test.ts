import { describe, expect, it } from 'vitest';
import { createRunWorld, toAnswer } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import type { ModelRequest } from '../run/message.ts';
import { findNodeState } from '../run/node-states.ts';
import { callsOf } from '../run/reduce-calls.ts';
import { toSentRequest } from './sent-request.ts';

describe('toSentRequest', () => {
  it('gives every request of a thread back exactly as the provider received it, though each is journalled by what it adds', async () => {
    const received: ModelRequest[] = [];
    const world = createRunWorld({
      tools: { look: { run: (args) => `seen ${String(args.at)}` } },
      model: (request) => {
        received.push(structuredClone(request));
        const turns = request.messages.filter((message) => message.role === 'assistant').length;
        return turns < 20 ? toAnswer(`turn ${turns}`, [{ id: `c${turns}`, name: 'look', arguments: { at: turns } }]) : toAnswer('done');
      },
    });
    const document = toDocument(
      { agent: { kind: 'agent', config: { model: 'test/m', system: 'be', prompt: 'go', tools: [{ name: 'look' }], maxTurns: 30 } } },
      [],
    );
    const state = await world.settled(await world.start(document));
    const node = findNodeState(state, 'agent');
    const attempt = node?.status === 'succeeded' ? node.attempts[0] : undefined;
    if (attempt === undefined) throw new Error('no attempt');
    const sent = callsOf(attempt).flatMap((call) => (call.type === 'model' ? [toSentRequest(attempt, call)] : []));
    expect(sent).toEqual(received);
    expect(sent).toHaveLength(21);

    const bytes = world.events(state.runId).map((event) => JSON.stringify(event).length);
    const largest = Math.max(...bytes.slice(-30));
    expect(largest).toBeLessThan(2 * Math.max(...bytes.slice(8, 30)));
  });
});

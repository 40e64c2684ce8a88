import { describe, expect, it } from 'vitest';
import { createRunWorld, toAnswer } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';

const turns = () => new Promise((resolve) => setImmediate(resolve));

const calling = toDocument({ caller: { kind: 'tool', config: { tool: 'look' } }, result: { kind: 'output', config: { name: 'text' } } }, [
  'caller.result->result.value',
]);

describe('the end of a run', () => {
  it('cannot be followed by a cancel that comes before it is on disk', async () => {
    const { promise: seen, resolve: see } = Promise.withResolvers<string>();
    const world = createRunWorld({ tools: { look: { run: () => seen } } });
    const runId = await world.start(calling);
    while (world.ledger.length === 0) await turns();
    see('it');
    // Promises have run, so the end is recorded; the commit has not.
    await new Promise((resolve) => process.nextTick(resolve));
    expect(world.runs.state(runId).status).toBe('succeeded');
    await expect(world.runs.cancel(runId, 'too late')).rejects.toMatchObject({ code: 'run.alreadyFinished' });
    expect((await world.settled(runId)).status).toBe('succeeded');
    await turns();
    expect(world.events(runId).at(-1)?.type).toBe('run.succeeded');
  });

  it('is the last event, even when a tool goes on talking', async () => {
    let talk: (text: string) => void = () => undefined;
    const world = createRunWorld({
      tools: {
        look: {
          run: (_args, { log }) => {
            talk = (text) => log('info', text);
            talk('at work');
            return 'it';
          },
        },
      },
    });
    const runId = await world.start(calling);
    await world.settled(runId);
    talk('still here');
    await turns();
    expect(world.events(runId).at(-1)?.type).toBe('run.succeeded');
    expect(world.problems).toEqual([]);
  });
});

describe('a bug', () => {
  it('in whoever listens to a run does not touch the run', async () => {
    const prompting = toDocument(
      { writer: { kind: 'prompt', config: { model: 'test/model', prompt: 'x' } }, result: { kind: 'output', config: { name: 'text' } } },
      ['writer.text->result.value'],
    );
    const world = createRunWorld({
      model: (_request, { onDelta }) => {
        onDelta({ type: 'text', text: 'y' });
        return toAnswer('y');
      },
    });
    const broken = () => {
      throw new Error('a listener broke');
    };
    world.runs.onSummary(broken);
    world.runs.onDelta('run-1', broken);
    const state = await world.settled(await world.start(prompting));
    expect(state.status).toBe('succeeded');
    expect(world.problems).toContain('a listener broke');
  });

  it('in an executor fails its node and leaves the others of the host alone', async () => {
    const world = createRunWorld({
      tools: {
        look: {
          run: () => {
            throw new TypeError('undefined is not a view');
          },
        },
      },
    });
    const state = await world.settled(await world.start(calling));
    expect(state).toMatchObject({ status: 'failed', failedNode: 'caller', error: { code: 'internal.bug' } });
  });

  it('in planning stops its run with a word, not the host', async () => {
    const world = createRunWorld({ tools: { look: { run: () => 'it' } } });
    const runId = await world.start(calling);
    await world.settled(runId);
    // As after a crash; and a clock that breaks where nobody expects it.
    const broken = 'run-broken';
    const [started] = world.events(runId);
    if (started?.type !== 'run.started') throw new Error('No start');
    const { type, version, atMs, data } = started;
    const document = { ...data.workflow, nodes: data.workflow.nodes.map((node) => ({ ...node, policy: { timeoutMs: 10 } })) };
    await world.store.append(`run/${broken}`, 0, [{ type, version, atMs, data: { ...data, runId: broken, workflow: document } as never }]);
    world.clock.schedule = () => {
      throw new Error('no such time');
    };
    await world.runs.recover();
    await world.settled(broken);
    expect(world.runs.summary(broken)).toMatchObject({ status: 'interrupted', error: { code: 'internal.bug', message: 'no such time' } });
    expect(world.problems).toHaveLength(1);
    await expect(world.runs.cancel(broken, '')).rejects.toMatchObject({ code: 'run.notActive' });
  });
});

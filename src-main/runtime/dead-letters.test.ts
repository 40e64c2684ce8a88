import { describe, expect, it } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import { toDeadLetters } from '#shared/run/dead-letters.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import { createRunWorld, type FakeTool, type RunWorld, toAnswer } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { createDeadLetters, type DeadLetters } from './dead-letters.ts';
import type { ForkRun } from './runs.ts';

const input = (...names: string[]) => ({
  kind: 'input' as const,
  config: { fields: names.map((name) => ({ name, type: 'any' as const })) },
});
const tool = (name: string, more: JsonObject = {}) => ({ kind: 'tool' as const, config: { tool: name, arguments: {}, ...more } });
const broken: FakeTool = {
  run: () => {
    throw new HeddleError('tool.failed', 'It is broken');
  },
};
const fine: FakeTool = { run: () => 'fine' };

/** Works on its only input. */
const part = toDocument(
  {
    given: input('x'),
    work: {
      kind: 'tool',
      config: { tool: 'work', arguments: { x: '{{ given.x }}' } },
      policy: { maxAttempts: 2, backoffMs: 0 },
      lane: 'slow',
    },
    result: { kind: 'output', config: { name: 'y' } },
  },
  ['given.x->work.in', 'work.result->result.value'],
);
const subworkflows = { 'part.heddle.json': part };
const mapping = (config: JsonObject = {}) =>
  toDocument({ list: input('items'), each: { kind: 'map', config: { workflow: 'part.heddle.json', ...config } } }, [
    'list.items->each.items',
  ]);
const failsOn = (...bad: unknown[]): FakeTool => ({
  run: ({ x }) => {
    if (bad.includes(x)) throw new HeddleError('tool.failed', `${String(x)} is bad`);
    return x ?? null;
  },
});

async function settle(world: RunWorld, ...start: Parameters<RunWorld['start']>) {
  const runId = await world.start(...start);
  const settled = world.settled(runId);
  let isSettled = false;
  void settled.then(() => {
    isSettled = true;
  });
  while (!isSettled) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!isSettled) await world.clock.advanceToNext();
  }
  return settled;
}

it('counts how often a model was asked, which is below one attempt', async () => {
  const world = createRunWorld({
    model: () => {
      throw new HeddleError('model.rateLimited', 'Slow down', { isRetryable: true });
    },
  });
  const state = await settle(world, toDocument({ ask: { kind: 'prompt', config: { model: 'test/model', prompt: 'go' } } }, []));
  expect(toDeadLetters(state)).toMatchObject([{ node: 'ask', attempts: 3, reason: 'noTriesLeft' }]);
});

describe('a dead letter', () => {
  it('is what a node failed with for good, with all that is needed to run it again', async () => {
    const world = createRunWorld({ tools: { work: broken } });
    const document = toDocument({ start: input('x'), act: { ...tool('work'), policy: { maxAttempts: 3, backoffMs: 1 } } }, [
      'start.x->act.in',
    ]);
    const state = await settle(world, document, { inputs: { x: 7 }, workflowPath: 'a.heddle.json' });
    expect(toDeadLetters(state)).toEqual([
      {
        id: 'run-1:act#3',
        runId: 'run-1',
        workflowName: 'Test workflow',
        workflowPath: 'a.heddle.json',
        type: 'node',
        node: 'act',
        nodeName: 'act',
        document: document.nodes[1],
        scope: null,
        frame: 'act#3',
        attempts: 3,
        lane: 'default',
        inputs: { in: 7 },
        error: expect.objectContaining({ code: 'tool.failed', message: 'It is broken' }),
        reason: 'noTriesLeft',
        effect: 'runFailed',
        failedAtMs: world.clock.nowMs(),
      },
    ]);
    expect(toDeadLetters(foldRun(world.events(state.runId)) as never)).toEqual(toDeadLetters(state));
  });

  it('is also what was left out by its policy, and there is none for what is still to be tried again', async () => {
    const world = createRunWorld({ tools: { work: broken } });
    const document = toDocument({ act: { ...tool('work'), policy: { maxAttempts: 2, backoffMs: 50, onFailure: 'skip' } } }, []);
    const runId = await world.start(document);
    await world.clock.waitForTimers(1);
    expect(toDeadLetters(world.runs.state(runId))).toEqual([]);
    await world.clock.advance(50);
    const state = await world.settled(runId);
    expect(state.status).toBe('succeeded');
    expect(toDeadLetters(state)).toMatchObject([{ id: 'run-1:act#2', effect: 'leftOut', reason: 'noTriesLeft' }]);
  });

  it('is each item that a map keeps as failed, at the node inside, and one that could not begin', async () => {
    const world = createRunWorld({ tools: { work: failsOn(2) } });
    const kept = await settle(world, mapping(), { inputs: { items: [1, 2, 3] }, subworkflows });
    expect(kept.status).toBe('succeeded');
    expect(toDeadLetters(kept)).toMatchObject([
      {
        id: 'run-1:each#1/i1/work#2',
        node: 'each#1/i1/work',
        lane: 'slow',
        scope: { path: 'each#1/i1', index: 1, workflowPath: 'part.heddle.json', inputs: { x: 2 } },
        inputs: { in: 2 },
        attempts: 2,
        effect: 'kept',
      },
    ]);
    const unbegun = await settle(world, mapping({ inputs: { x: '{{ item.name }}' } }), {
      inputs: { items: [{ name: 5 }, {}] },
      subworkflows,
    });
    expect(toDeadLetters(unbegun)).toMatchObject([
      {
        id: 'run-2:each#1/i1',
        type: 'item',
        node: 'each',
        frame: 'each#1/i1',
        inputs: { item: {} },
        error: { code: 'expression.failed' },
        effect: 'kept',
      },
    ]);
  });

  it('stands at the root of a failure that others pass on', async () => {
    const world = createRunWorld({ tools: { work: failsOn(2) } });
    const state = await settle(world, mapping({ onItemFailure: 'fail', parallel: 1 }), { inputs: { items: [1, 2, 3] }, subworkflows });
    expect(state).toMatchObject({ status: 'failed', failedNode: 'each' });
    expect(toDeadLetters(state)).toMatchObject([{ node: 'each#3/i1/work', effect: 'runFailed' }]);
  });

  it('is not what a later attempt of its map made good', async () => {
    let tries = 0;
    const work: FakeTool = {
      run: ({ x }) => {
        if (x === 2 && ++tries <= 2) throw new HeddleError('tool.failed', 'Not yet');
        return x ?? null;
      },
    };
    const world = createRunWorld({ tools: { work } });
    const document = mapping({ onItemFailure: 'fail', parallel: 1 });
    const retried = {
      ...document,
      nodes: document.nodes.map((node) => (node.id === 'each' ? { ...node, policy: { maxAttempts: 2 } } : node)),
    };
    const state = await settle(world, retried, { inputs: { items: [1, 2] }, subworkflows });
    expect([state.status, toDeadLetters(state)]).toEqual(['succeeded', []]);
  });

  it('is the undoing that failed, beside what made it necessary', async () => {
    const world = createRunWorld({ tools: { book: fine, car: broken, cancel: broken } });
    const document = toDocument(
      {
        hotel: { ...tool('book'), compensation: 'noHotel' },
        car: tool('car'),
        noHotel: {
          kind: 'tool',
          config: { tool: 'cancel', arguments: { what: '{{ inputs.in }}' } },
          policy: { maxAttempts: 2, backoffMs: 1 },
        },
      },
      ['hotel.result->car.in'],
    );
    const state = await settle(world, document);
    expect(toDeadLetters(state)).toMatchObject([
      { id: 'run-1:car#1', type: 'node', effect: 'runFailed', reason: 'lasting' },
      { id: 'run-1:noHotel#2', type: 'compensation', inputs: { in: 'fine' }, effect: 'notUndone', reason: 'noTriesLeft' },
    ]);
  });

  it('is the run itself when a hook refused it', async () => {
    const document = { ...toDocument({ start: input('x') }, []), hooks: [veto] };
    const state = await settle(createRunWorld(), document, { inputs: { x: 1 } });
    expect(toDeadLetters(state)).toMatchObject([
      { id: 'run-1:', type: 'run', node: '', inputs: { x: 1 }, reason: 'decided', error: { code: 'node.vetoed' } },
    ]);
  });
});

const veto = { id: 'no', point: 'beforeRun', action: { type: 'expression', expression: '{"veto": "not today"}' } } as const;

describe('the list of dead letters', () => {
  interface Desk {
    readonly world: RunWorld;
    readonly letters: DeadLetters;
    readonly forks: ForkRun[];
    open(): DeadLetters;
  }
  function createDesk(tools: Record<string, FakeTool> = { work: failsOn(2, 4) }): Desk {
    const world = createRunWorld({ tools });
    const forks: ForkRun[] = [];
    const open = () =>
      createDeadLetters({
        store: world.store,
        runs: { ...world.runs, fork: async (request) => ({ runId: `fork-${forks.push(request)}` }) },
        clock: world.clock,
        isReadOnly: false,
        onProblem: (message) => world.problems.push(message),
      });
    return { world, forks, open, letters: open() };
  }
  const idsIn = (letters: DeadLetters, withHandled = false) => letters.list(withHandled).map(({ id }) => id);
  const failTwice = (world: RunWorld) => settle(world, mapping(), { inputs: { items: [1, 2, 3, 4] }, subworkflows });
  const two = 'run-1:each#1/i1/work#2';
  const four = 'run-1:each#1/i3/work#2';

  it('tells of a run as soon as it has ended, and of the newest first', async () => {
    const { world, letters } = createDesk();
    let told = 0;
    const stop = letters.onChange(() => {
      told += 1;
    });
    await failTwice(world);
    expect([told, idsIn(letters).sort()]).toEqual([1, [two, four]]);
    stop();
    await world.clock.advance(5);
    await settle(world, mapping(), { inputs: { items: [4] }, subworkflows });
    expect([told, idsIn(letters)[0]]).toEqual([1, 'run-2:each#1/i0/work#2']);
  });

  it('is the same after a restart, without folding a run; and is built anew where nobody had filed it', async () => {
    const { world, letters } = createDesk();
    await failTwice(world);
    const before = letters.list(false);
    await world.reopen();
    await world.runs.recover();
    const folded: string[] = [];
    const toNotedState = (runId: string) => {
      folded.push(runId);
      return world.runs.state(runId);
    };
    const runs = { ...world.runs, state: toNotedState };
    const reopen = () => createDeadLetters({ store: world.store, runs, clock: world.clock, isReadOnly: false, onProblem: () => undefined });
    expect([reopen().list(false), folded]).toEqual([before, []]);
    world.store.deleteProjections('deadLettersComplete');
    world.store.deleteProjections('deadLetters');
    expect([reopen().list(false), folded]).toEqual([before, ['run-1']]);
    expect([reopen().list(false), folded]).toEqual([before, ['run-1']]);
    world.store.saveProjection({ name: 'deadLetters', key: 'run-1', seq: 1, value: 'damaged' });
    expect(reopen().list(false)).toEqual(before);
  });

  it('shows a dismissed letter only to whoever asks for it, also after a restart', async () => {
    const { world, letters, open } = createDesk();
    await failTwice(world);
    await letters.dismiss(two, 'ann', 'known');
    for (const desk of [letters, open()]) {
      expect(idsIn(desk)).toEqual([four]);
      expect(desk.list(true).find(({ id }) => id === two)?.handling).toEqual({
        ...{ type: 'dismissed', by: 'ann', reason: 'known', atMs: world.clock.nowMs() },
      });
    }
    await expect(letters.dismiss(two, 'bob', '')).rejects.toMatchObject({
      code: 'deadLetter.handled',
      message: expect.stringContaining('ann'),
    });
    await expect(letters.rerun(two, 'bob', 'test')).rejects.toMatchObject({ code: 'deadLetter.handled' });
    await expect(letters.dismiss('run-1:nothing#1', 'bob', '')).rejects.toMatchObject({ code: 'deadLetter.notFound' });
  });

  it('two who dismiss at once are answered in turn: the first counts', async () => {
    const { world, letters } = createDesk();
    await failTwice(world);
    const outcomes = await Promise.allSettled([
      letters.dismiss(two, 'ann', ''),
      letters.dismiss(two, 'bob', ''),
      letters.dismiss(four, 'cy', ''),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(world.store.read('deadLetters').map(({ data }) => data.by)).toEqual(['ann', 'cy']);
  });

  it('runs a letter again as a fork that answers for every letter of the run, once', async () => {
    const { world, letters, forks } = createDesk();
    const { lastSeq } = await failTwice(world);
    const asked = await Promise.all([letters.rerun(two, 'ann', 'cli'), letters.rerun(four, 'bob', 'cli')]);
    expect(asked).toEqual([{ runId: 'fork-1' }, { runId: 'fork-1' }]);
    expect(forks).toEqual([{ runId: 'run-1', atSeq: lastSeq, edits: [], reuse: 'unaffected', startedBy: 'cli' }]);
    expect(idsIn(letters)).toEqual([]);
    expect(letters.list(true).map(({ handling }) => handling)).toMatchObject([{ newRunId: 'fork-1' }, { newRunId: 'fork-1' }]);
    await expect(letters.rerun(two, 'cy', 'cli')).rejects.toMatchObject({
      code: 'deadLetter.handled',
      message: expect.stringContaining('fork-1'),
    });
  });

  it('keeps a letter open when the new run could not be started', async () => {
    const { world } = createDesk();
    const runs = { ...world.runs, fork: () => Promise.reject(new HeddleError('workflow.invalid', 'Broken')) };
    const letters = createDeadLetters({ store: world.store, runs, clock: world.clock, isReadOnly: false, onProblem: () => undefined });
    await failTwice(world);
    for (let tries = 0; tries < 2; tries += 1)
      await expect(letters.rerun(two, 'ann', 'test')).rejects.toMatchObject({ code: 'workflow.invalid' });
    expect(idsIn(letters).sort()).toEqual([two, four]);
  });

  it('does again what a saga had undone, and runs a failed undoing alone', async () => {
    let isBroken = true;
    const cancel: FakeTool = {
      run: ({ what }) => {
        if (what === 'flight' && isBroken) throw new HeddleError('tool.failed', 'Closed');
        return `no ${String(what)}`;
      },
    };
    const { world, letters, forks } = createDesk({ flight: { run: () => 'flight' }, hotel: { run: () => 'hotel' }, car: broken, cancel });
    const undo = { kind: 'tool' as const, config: { tool: 'cancel', arguments: { what: '{{ inputs.in }}' } } };
    const document = toDocument(
      {
        flight: { ...tool('flight'), compensation: 'noFlight' },
        hotel: { ...tool('hotel'), compensation: 'noHotel' },
        car: tool('car'),
        noFlight: undo,
        noHotel: undo,
      },
      ['flight.result->hotel.in', 'hotel.result->car.in'],
    );
    await settle(world, document);
    isBroken = false;
    const again = await letters.rerun('run-1:noFlight#1', 'ann', 'test');
    const undone = await world.settled(again.runId);
    expect(undone).toMatchObject({ status: 'succeeded', workflow: { name: 'noFlight of Test workflow, again' } });
    expect(world.ledger.at(-1)).toMatchObject({ tool: 'cancel', args: { what: 'flight' } });
    expect(idsIn(letters)).toEqual(['run-1:car#1']);
    await letters.rerun('run-1:car#1', 'ann', 'test');
    expect(forks[0]?.edits).toEqual([{ type: 'rerun', frame: 'hotel#1' }]);
  });

  it('takes over what succeeded, does again what failed and what was undone, and nothing twice that stands', async () => {
    let isSoldOut = true;
    const car: FakeTool = {
      run: () => {
        if (isSoldOut) throw new HeddleError('tool.failed', 'Sold out');
        return 'car';
      },
    };
    const book = (what: string): FakeTool => ({ effect: 'neither', run: () => what });
    const world = createRunWorld({ tools: { insure: book('insured'), hotel: book('hotel'), car, cancel: { run: () => 'undone' } } });
    const letters = createDeadLetters({ ...world, isReadOnly: false, onProblem: () => undefined });
    const document = toDocument(
      {
        insure: tool('insure'),
        hotel: { ...tool('hotel'), compensation: 'noHotel' },
        car: tool('car'),
        noHotel: tool('cancel'),
        trip: { kind: 'output', config: { name: 'trip' } },
      },
      ['insure.result->hotel.in', 'hotel.result->car.in', 'car.result->trip.value'],
    );
    await settle(world, document);
    expect(world.ledger.map((entry) => entry.tool)).toEqual(['insure', 'hotel', 'car', 'cancel']);
    isSoldOut = false;
    const { runId } = await letters.rerun('run-1:car#1', 'ann', 'test');
    expect(await world.settled(runId)).toMatchObject({ status: 'succeeded', outputs: { trip: 'car' }, forkedFrom: { runId: 'run-1' } });
    expect(world.ledger.slice(4).map((entry) => entry.tool)).toEqual(['hotel', 'car']);
    expect(letters.list(false)).toEqual([]);
  });

  it('asks a model again whose answer could not be used', async () => {
    const answers = ['words', 'no json', 'nor this', 'nor that', '{"a":1}'];
    const asked: string[] = [];
    const world = createRunWorld({
      model: () => {
        const text = answers[asked.length] ?? '';
        asked.push(text);
        return toAnswer(text);
      },
    });
    const letters = createDeadLetters({ ...world, isReadOnly: false, onProblem: () => undefined });
    const document = toDocument(
      {
        first: { kind: 'prompt', config: { model: 'test/model', prompt: 'Write' } },
        use: { kind: 'prompt', config: { model: 'test/model', prompt: 'As JSON: {{ first.text }}', outputSchema: { type: 'object' } } },
        out: { kind: 'output', config: { name: 'value' } },
      },
      ['first.text->use.in', 'use.json->out.value'],
    );
    const failed = await settle(world, document);
    const [letter] = letters.list(false);
    expect([failed.status, letter?.node, asked]).toEqual(['failed', 'use', answers.slice(0, 4)]);
    const { runId } = await letters.rerun(letter?.id ?? '', 'ann', 'test');
    expect((await world.settled(runId)).status).toBe('succeeded');
    expect(asked).toEqual(answers);
  });
});

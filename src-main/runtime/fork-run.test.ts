import { describe, expect, it } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import { forkReportSchema } from '#shared/context/fork-report.ts';
import type { RunEvent } from '#shared/run/events.ts';
import type { ForkEdit } from '#shared/run/fork-origin.ts';
import { toOutcome } from '#shared/run/summary.ts';
import { createRunWorld, type RunWorld, type RunWorldOptions, toAnswer } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';

const input = (...names: string[]) => ({
  kind: 'input' as const,
  config: { fields: names.map((name) => ({ name, type: 'any' as const })) },
});

/** Looks something up by an agent, writes about it, asks a person, and files the text. */
const story = toDocument(
  {
    given: input('topic', 'place'),
    finder: { kind: 'agent', config: { model: 'test/model', prompt: 'find {{ given.topic }}', tools: [{ name: 'look' }] } },
    writer: { kind: 'prompt', config: { model: 'test/model', prompt: 'write {{ finder.text }}' } },
    title: { kind: 'prompt', config: { model: 'test/model', prompt: 'title {{ given.place }}' } },
    agree: { kind: 'approval', config: { title: 'File it?', message: '{{ writer.text }}' } },
    filing: { kind: 'tool', config: { tool: 'file', arguments: { text: '{{ writer.text }}' } } },
    result: { kind: 'output', config: { name: 'text' } },
  },
  [
    'given.topic->finder.in',
    'given.place->title.in',
    'finder.text->writer.in',
    'writer.text->agree.in',
    'agree.approved->filing.in',
    'filing.result->result.value',
  ],
);

function openStory(more: Partial<RunWorldOptions> = {}) {
  let asked = 0;
  const world = createRunWorld({
    model: ({ messages }) => {
      asked += 1;
      const last = messages.at(-1);
      const seen = messages.findLast(({ role }) => role === 'tool');
      if (seen !== undefined) return toAnswer(`found ${seen.text}`);
      const text = last?.text ?? '';
      return text.startsWith('find') ? toAnswer('', [{ name: 'look', arguments: { at: text.slice(5) } }]) : toAnswer(`<${text}>`);
    },
    tools: {
      look: { effect: 'neither', run: ({ at }) => `a ${String(at)}` },
      file: { effect: 'neither', run: ({ text }) => `filed ${String(text)}` },
    },
    ...more,
  });
  return { world, modelCalls: () => asked };
}

async function runStory(world: RunWorld): Promise<string> {
  const runId = await world.start(story, { inputs: { topic: 'loom', place: 'here' } });
  await world.settled(runId);
  for (const { approvalId } of world.runs.openApprovals()) await world.runs.decide(runId, approvalId, { type: 'grant' }, 'ada');
  await world.settled(runId);
  return runId;
}

async function fork(
  world: RunWorld,
  runId: string,
  edits: readonly ForkEdit[] = [],
  more: { atSeq?: number; reuse?: 'unaffected' | 'before' } = {},
) {
  const { lastSeq } = world.runs.summary(runId);
  const forked = await world.runs.fork({
    runId,
    atSeq: more.atSeq ?? lastSeq,
    edits,
    reuse: more.reuse ?? 'unaffected',
    startedBy: 'test',
  });
  const state = await world.settled(forked.runId);
  const report = forkReportSchema.parse(world.runs.forkReport(forked.runId));
  const steps = Object.fromEntries(report.steps.map((step) => [step.frame, `${step.decision}: ${step.reason.type}`]));
  return { forkId: forked.runId, state, report, steps };
}

const seqOf = (world: RunWorld, runId: string, type: RunEvent['type']) =>
  world.events(runId).find((event) => event.type === type)?.seq ?? 0;

describe('a fork', () => {
  it('without edits comes to the same without asking or doing anything, at no cost and in no time', async () => {
    const { world, modelCalls } = openStory();
    const origin = await runStory(world);
    const [asked, done] = [modelCalls(), world.ledger.length];
    const { state, report } = await fork(world, origin);
    expect(toOutcome(state)).toEqual(toOutcome(world.runs.state(origin)));
    expect([modelCalls(), world.ledger.length]).toEqual([asked, done]);
    expect(state.usage).toMatchObject({ modelCalls: 0, toolCalls: 0, inputTokens: 0, costUsd: 0 });
    expect(report).toMatchObject({ ranAgain: 0, edited: 0, reused: 7, saved: { modelCalls: 4, toolCalls: 2, inputTokens: 40 } });
    expect(report.saved.costUsd).toBeCloseTo(0.004);
    expect(Object.values(state.approvals)[0]?.decision).toMatchObject({ type: 'granted', by: 'fork: ada' });
  });

  it('from an edited tool result does again what follows from it, and nothing else', async () => {
    const { world } = openStory();
    const origin = await runStory(world);
    const done = world.ledger.length;
    const { forkId, state, steps, report } = await fork(world, origin, [{ type: 'result', frame: 'finder#1/t1/c1', result: 'a heddle' }]);
    expect(state.status).toBe('waiting');
    expect(steps).toEqual({
      'finder#1/t1/m1': 'reused: sameContent',
      'finder#1/t1/c1': 'edited: edited',
      'finder#1/t2/m1': 'ranAgain: changed',
      'writer#1/m1': 'ranAgain: changed',
      'title#1/m1': 'reused: sameContent',
      'agree#1': 'ranAgain: changed',
    });
    const why = report.steps.find(({ frame }) => frame === 'finder#1/t2/m1')?.reason;
    expect(why).toMatchObject({
      changes: [
        {
          part: 'toolResult',
          diff: [
            { type: 'same', text: 'a ' },
            { type: 'removed', text: 'loom' },
            { type: 'added', text: 'heddle' },
          ],
        },
      ],
    });
    await world.runs.decide(forkId, world.runs.openApprovals()[0]?.approvalId ?? '', { type: 'grant' }, 'ada');
    expect((await world.settled(forkId)).outputs).toEqual({ text: 'filed <write found a heddle>' });
    expect(world.ledger.slice(done).map(({ tool }) => tool)).toEqual(['file']);
  });

  it('from an edited answer, input or document does again only what it affects', async () => {
    const { world } = openStory();
    const origin = await runStory(world);
    const ran = async (edit: ForkEdit) => {
      const { steps } = await fork(world, origin, [edit]);
      return Object.keys(steps).filter((frame) => steps[frame]?.startsWith('ranAgain'));
    };
    expect(await ran({ type: 'answer', frame: 'title#1/m1', text: 'Else' })).toEqual([]);
    expect(await ran({ type: 'inputs', inputs: { place: 'there' } })).toEqual(['title#1/m1']);
    const document = {
      ...story,
      nodes: story.nodes.map((node) =>
        node.id === 'writer' ? { ...node, config: { ...node.config, prompt: 'tell {{ finder.text }}' } } : node,
      ),
    };
    expect(await ran({ type: 'workflow', path: null, document })).toEqual(['writer#1/m1', 'agree#1']);
    expect(await ran({ type: 'answer', frame: 'writer#1/m1', text: 'Short' })).toEqual(['agree#1']);
  });

  it('does again what it is asked to, and nothing else', async () => {
    const { world } = openStory();
    const origin = await runStory(world);
    const done = world.ledger.length;
    const { state, steps } = await fork(world, origin, [{ type: 'rerun', frame: 'filing#1/c1' }]);
    expect(state.status).toBe('succeeded');
    expect(steps['filing#1/c1']).toBe('ranAgain: askedFor');
    expect(world.ledger.slice(done).map(({ tool }) => tool)).toEqual(['file']);
  });

  it('asks again for consent to an effect that is to come about again, and not for one that is taken over', async () => {
    const { world } = openStory({
      tools: {
        look: { effect: 'neither', run: () => 'a loom' },
        file: { effect: 'neither', approval: 'always', run: () => 'filed' },
      },
    });
    const origin = await runStory(world);
    for (const { approvalId } of world.runs.openApprovals()) await world.runs.decide(origin, approvalId, { type: 'grant' }, 'ada');
    await world.settled(origin);
    expect((await fork(world, origin)).state.status).toBe('succeeded');
    const { state } = await fork(world, origin, [{ type: 'rerun', frame: 'filing#1/c1' }]);
    expect(state.status).toBe('waiting');
    expect(world.runs.openApprovals()).toMatchObject([{ frame: 'filing#1/c1', subject: { type: 'toolCall' } }]);
  });

  it('decides otherwise where a decision was edited', async () => {
    const { world } = openStory();
    const origin = await runStory(world);
    const { state, steps } = await fork(world, origin, [
      { type: 'decision', frame: 'agree#1', decision: { type: 'denied', reason: 'no' } },
    ]);
    expect(steps['agree#1']).toBe('edited: edited');
    expect(state).toMatchObject({ status: 'succeeded', outputs: { text: null } });
  });

  it('takes over only what was known at its event when it is asked to', async () => {
    const { world } = openStory();
    const origin = await runStory(world);
    const { steps } = await fork(world, origin, [], { atSeq: seqOf(world, origin, 'approval.requested'), reuse: 'before' });
    expect(steps['writer#1/m1']).toBe('reused: sameContent');
    expect(steps['agree#1']).toBe('ranAgain: notReached');
  });

  it('of a run that failed tries again what had failed, and keeps the rest', async () => {
    let isDown = true;
    const { world } = openStory({
      tools: {
        look: { effect: 'neither', run: () => 'a loom' },
        file: {
          effect: 'neither',
          run: () => {
            if (isDown) throw new HeddleError('tool.failed', 'The cabinet is locked.');
            return 'filed';
          },
        },
      },
    });
    const origin = await runStory(world);
    expect(world.runs.summary(origin).status).toBe('failed');
    isDown = false;
    const { state, steps } = await fork(world, origin);
    expect(state.outputs).toEqual({ text: 'filed' });
    expect(steps).toMatchObject({
      'filing#1/c1': 'ranAgain: failedBefore',
      'finder#1/t2/m1': 'reused: sameContent',
      'agree#1': 'reused: sameContent',
    });
  });

  it('never makes a call again that may have taken effect, but asks', async () => {
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const { world } = openStory({
      tools: {
        look: { effect: 'neither', run: () => 'a loom' },
        file: {
          effect: 'neither',
          run: () => {
            begin();
            return new Promise(() => undefined);
          },
        },
      },
    });
    const origin = await world.start(story, { inputs: { topic: 'loom', place: 'here' }, approvalMode: 'all' });
    await begun;
    const { state } = await fork(world, origin);
    expect(state.status).toBe('waiting');
    expect(world.runs.openApprovals()).toMatchObject([{ frame: 'filing#1/c1', subject: { type: 'outcomeUnknown' } }]);
    expect(world.ledger.filter(({ tool }) => tool === 'file')).toHaveLength(1);
  });

  it('from any event comes to the same, and asks and does only what was not known there', async () => {
    const { world, modelCalls } = openStory();
    const origin = await runStory(world);
    const events = world.events(origin);
    const outcome = toOutcome(world.runs.state(origin));
    const countAfter = (type: RunEvent['type'], seq: number) => events.filter((event) => event.type === type && event.seq > seq).length;
    for (const { seq } of events) {
      const before = { asked: modelCalls(), done: world.ledger.length };
      const { forkId } = await fork(world, origin, [], { atSeq: seq, reuse: 'before' });
      const [question] = world.runs.openApprovals();
      // Whether it was answered before the event, or is asked again.
      expect(question !== undefined, `at event ${seq}`).toBe(seq < seqOf(world, origin, 'approval.granted'));
      if (question !== undefined) await world.runs.decide(forkId, question.approvalId, { type: 'grant' }, 'ada');
      expect(toOutcome(await world.settled(forkId)), `at event ${seq}`).toEqual(outcome);
      const again = { asked: modelCalls() - before.asked, done: world.ledger.length - before.done };
      expect(again, `at event ${seq}`).toEqual({
        asked: countAfter('modelCall.completed', seq),
        // What had begun has happened, whenever that was known.
        done: countAfter('toolCall.started', seq),
      });
      const whole = await fork(world, origin, [], { atSeq: seq });
      expect([toOutcome(whole.state), whole.report.ranAgain], `at event ${seq}`).toEqual([outcome, 0]);
    }
  });

  it('that dies after any event comes to the same, and doubles nothing', async () => {
    for (let dieAfter = 1; ; dieAfter += 1) {
      const { world } = openStory();
      const origin = await runStory(world);
      const done = world.ledger.length;
      await world.reopen(dieAfter);
      await world.runs.recover();
      const edits: ForkEdit[] = [{ type: 'result', frame: 'finder#1/t1/c1', result: 'a heddle' }];
      const { lastSeq } = world.runs.summary(origin);
      const starting = world.runs.fork({ runId: origin, atSeq: lastSeq, edits, reuse: 'unaffected', startedBy: 'test' });
      const isDead = await Promise.race([
        world.died.then(() => true),
        starting.then(({ runId }) => world.settled(runId)).then(() => false),
      ]);
      if (isDead) {
        starting.catch(() => undefined);
        await world.reopen();
        await world.runs.recover();
      }
      const forkId = world.runs.summaries().find(({ runId }) => runId !== origin)?.runId;
      if (forkId !== undefined) {
        expect((await world.settled(forkId)).status, `after ${dieAfter} events`).toBe('waiting');
        const report = world.runs.forkReport(forkId);
        expect([report.reused, report.edited, report.ranAgain], `after ${dieAfter} events`).toEqual([2, 1, 3]);
      }
      expect(world.ledger.length, `after ${dieAfter} events`).toBe(done);
      if (!isDead) return;
    }
  });

  it('refuses an event or a frame that its origin has not', async () => {
    const { world } = openStory();
    const origin = await runStory(world);
    const refused = { code: 'request.invalid' };
    await expect(fork(world, origin, [], { atSeq: 10_000 })).rejects.toMatchObject(refused);
    await expect(fork(world, origin, [{ type: 'result', frame: 'finder#1/t9/c1', result: 1 }])).rejects.toMatchObject(refused);
    await expect(fork(world, origin, [{ type: 'answer', frame: 'finder#1/t1/c1', text: '' }])).rejects.toMatchObject(refused);
    expect(() => world.runs.forkReport(origin)).toThrow(expect.objectContaining(refused));
  });
});

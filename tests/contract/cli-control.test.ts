import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createHost } from '#main/host/composition.ts';
import type { JsonObject } from '#shared/base/json.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import { createHeddlePlace, type HeddlePlace } from '../support/heddle-place.ts';
import type { Ended } from '../support/heddle-process.ts';
import { toDocument } from '../support/workflow-builder.ts';

// Each test starts a dozen processes, one after the other.
vi.setConfig({ testTimeout: 90_000 });

let place: HeddlePlace;
beforeEach(() => {
  place = createHeddlePlace();
});
afterEach(() => place.close());

const write = (name: string, document: WorkflowDocument) => place.write(`${name}.heddle.json`, formatWorkflowFile({ ...document, name }));
const script = (name: string, ...rules: JsonObject[]) => place.write(`scripts/${name}.script.json`, { version: 1, rules });
const input = (...names: string[]) => ({
  kind: 'input' as const,
  config: { fields: names.map((name) => ({ name, type: 'any', default: `the ${name}` })) },
});
const output = (name: string) => ({ kind: 'output' as const, config: { name } });
const prompt = (model: string) => ({ kind: 'prompt' as const, config: { model, prompt: '{{ inputs.in }}' } });

/** Starts a run with `heddle run --json`; gives what it ended with. */
async function run(name: string, ...more: string[]) {
  const ended = await place.run(['run', `${name}.heddle.json`, '--json', ...more]);
  const result = ended.lines().at(-1) ?? {};
  return { ended, result, runId: String(result.runId) };
}
const resultOf = (ended: Ended) => ended.lines().at(-1);
const typesOf = (ended: Ended) => ended.lines().map(({ type }) => type);

describe('a run that waits is answered from the command line', () => {
  test('approved, with what was journalled since and nothing before; answered twice it has ended', async () => {
    write(
      'ask',
      toDocument({ start: input('topic'), ask: { kind: 'approval', config: { isEditable: true } }, out: output('text') }, [
        'start.topic->ask.in',
        'ask.approved->out.value',
      ]),
    );
    const first = await run('ask');
    expect(first.ended.exitCode).toBe(3);
    expect(first.result).toMatchObject({ status: 'waiting', waitsFor: [{ type: 'approval', approvalId: 'a1', nodeName: 'ask' }] });
    const second = await run('ask', '--input', 'topic=two');
    const listed = (await place.run(['approvals', '--json'])).lines();
    expect(listed.map(({ runId }) => runId)).toEqual(expect.arrayContaining([first.runId, second.runId]));
    expect((await place.run(['approvals', first.runId])).stdout).toContain(`heddle approve ${first.runId} a1`);

    const edited = await place.run(['approve', first.runId, '--edit', '"changed"', '--as', 'ann', '--json']);
    expect(edited.exitCode).toBe(0);
    expect(typesOf(edited)[0]).toBe('run.resumed');
    expect(edited.lines().find(({ type }) => type === 'approval.granted')).toMatchObject({
      data: { by: 'ann', value: 'changed', isEdited: true },
    });
    expect(resultOf(edited)).toMatchObject({ status: 'succeeded', outputs: { text: 'changed' } });
    expect(await place.run(['approve', second.runId])).toMatchObject({ exitCode: 0, stdout: 'two\n' });
    expect(await place.run(['approve', second.runId])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('has ended') });
    expect((await place.run(['approvals', '--json'])).stdout).toBe('');
  });

  test('denied with a reason, never without; which of several questions must be said', async () => {
    const ask = (title: string) => ({ kind: 'approval' as const, config: { title } });
    write(
      'two',
      toDocument({ start: input('x'), one: ask('One?'), other: ask('Other?'), out: output('no') }, [
        'start.x->one.in',
        'start.x->other.in',
        'one.denied->out.value',
      ]),
    );
    const { runId } = await run('two');
    expect(await place.run(['deny', runId])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--reason') });
    expect(await place.run(['approve', runId])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/2 questions.*a1 \(\w+\), a2/),
    });
    expect(await place.run(['approve', runId, 'a9'])).toMatchObject({ exitCode: 2 });
    expect(await place.run(['resolve', runId, 'a1', '--retry'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('unknown outcome'),
    });
    expect(await place.run(['approve', runId, 'a2'])).toMatchObject({ exitCode: 3 });
    const denied = await place.run(['deny', runId, '--reason', 'too dear', '--json']);
    expect(denied.exitCode).toBe(0);
    expect(denied.lines().find(({ type }) => type === 'approval.denied')).toMatchObject({ data: { approvalId: 'a1', reason: 'too dear' } });
  });

  test('a form is filled in with what fits it', async () => {
    const form = { kind: 'form' as const, config: { fields: [{ name: 'amount', type: 'integer', required: true }] } };
    write('form', toDocument({ start: input('x'), fill: form, out: output('values') }, ['start.x->fill.in', 'fill.values->out.value']));
    const { runId, result } = await run('form');
    expect(result).toMatchObject({ waitsFor: [{ subject: { type: 'form' } }] });
    expect(await place.run(['approve', runId, '--edit', '{"amount":"many"}'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('amount'),
    });
    place.write('answer.json', { amount: 12 });
    expect(await place.run(['approve', runId, '--edit', '@answer.json'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('"amount": 12'),
    });
  });

  test('a signal brings its value; one that comes early is kept', async () => {
    const wait = (name: string) => ({ kind: 'signal' as const, config: { name } });
    write(
      'wait',
      toDocument({ start: input('x'), first: wait('go'), next: wait('on'), out: output('given'), last: output('last') }, [
        'start.x->first.in',
        'first.payload->next.in',
        'first.payload->out.value',
        'next.payload->last.value',
      ]),
    );
    const { runId, ended, result } = await run('wait');
    expect(ended.exitCode).toBe(3);
    expect(result).toMatchObject({ waitsFor: [{ type: 'signal', name: 'go', nodeName: 'first' }] });
    expect((await place.run(['approvals'])).stdout).toContain(`heddle signal ${runId} go`);
    expect(await place.run(['signal', runId, 'go', 'not json'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('quotes') });
    expect(await place.run(['signal', runId, 'no name', '1'])).toMatchObject({ exitCode: 2 });
    const kept = await place.run(['signal', runId, 'on', '--no-wait', '--json']);
    expect(kept).toMatchObject({ exitCode: 0 });
    expect(kept.lines()).toMatchObject([{ type: 'result', runId, status: 'waiting' }]);
    const went = await place.run(['signal', runId, 'go', '{"n":1}', '--json']);
    expect(went.exitCode).toBe(0);
    expect(resultOf(went)).toMatchObject({ outputs: { given: { n: 1 }, last: null } });
  });

  test('an unknown outcome is resolved: it is asked about once its run is taken up', async () => {
    const tool = {
      kind: 'tool' as const,
      config: { tool: 'write_file', arguments: { path: 'a.txt', content: 'x', mode: 'append' }, approval: 'never' },
    };
    write('effect', toDocument({ start: input('x'), act: tool, out: output('result') }, ['start.x->act.in', 'act.result->out.value']));
    const runId = await dieInTheMiddleOf('effect.heddle.json');
    expect(await place.run(['approve', runId])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('heddle resolve') });
    expect(await place.run(['resolve', runId])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--done') });
    expect(await place.run(['resolve', runId, '--done', '{"written":true}', '--as', 'ann'])).toMatchObject({
      ...{ exitCode: 0, stdout: expect.stringContaining('"written": true') },
    });
  });
});

/** A host of this very process that stops while the file is being written, as if it was killed. */
async function dieInTheMiddleOf(path: string): Promise<string> {
  const configuration = {
    workspace: place.workspace,
    home: place.home,
    port: 0,
    token: undefined,
    readOnly: false,
    logLevel: 'error' as const,
  };
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const host = createHost(configuration as never, {
    aroundToolbox: (toolbox) => ({
      ...toolbox,
      find: async (name, signal) => ({
        ...(await toolbox.find(name, signal)),
        run: (_args, { signal: stopped }) => {
          resolve();
          return new Promise((_resolve, reject) => stopped.addEventListener('abort', () => reject(stopped.reason as Error)));
        },
      }),
    }),
  });
  const { document } = await host.services.workflows.open(path);
  const { runId } = await host.services.runs.start({
    ...{ document, workflowPath: path, inputs: {}, approvalMode: 'all', modelOverride: null, startedBy: 'test' },
  });
  await begun;
  await host.close();
  return runId;
}

describe('a live run', () => {
  test('is interrupted, steered and continued through the host that drives it, and by a command of its own when that is gone', async () => {
    script('first', { do: { wait: 'forever' } });
    script('slow', { do: { wait: 'forever' } });
    script('quick', { do: { say: 'quick words' } });
    write(
      'think',
      toDocument(
        {
          start: input('x'),
          first: prompt('scripted/first'),
          think: prompt('scripted/slow'),
          say: { kind: 'transform', config: { expression: 'inputs.in + "!"' } },
          out: output('text'),
        },
        ['start.x->first.in', 'first.text->think.in', 'think.text->say.in', 'say.value->out.value'],
      ),
    );
    const { api, kill } = await place.serve();
    const { runId } = await api.run.start({ source: { type: 'file', path: 'think.heddle.json' } });
    expect(await place.run(['continue', runId])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('not interrupted') });
    const held = await place.run(['interrupt', runId, '--abandon', '--reason', 'lunch', '--as', 'ann', '--json']);
    expect(held.exitCode).toBe(0);
    expect(resultOf(held)).toMatchObject({ status: 'interrupted' });
    expect(held.lines().find(({ type }) => type === 'run.interruptRequested')).toMatchObject({
      data: { mode: 'abandon', reason: 'lunch', by: 'ann' },
    });
    expect(await place.run(['steer', runId, '--skip', 'nobody'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('nobody') });
    expect(await place.run(['steer', runId])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('nothing to change') });
    expect(await place.run(['steer', runId, '--model', 'scripted/quick'])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining(`heddle continue ${runId}`),
    });
    await kill();

    script('first', { do: { say: 'at last' } });
    place.write('config.json', { expression: 'inputs.in + "?"', outputType: 'any' });
    expect(await place.run(['steer', runId, '--config', 'say=@config.json', '--lane', 'say=default'])).toMatchObject({ exitCode: 3 });
    expect(await place.run(['continue', runId])).toMatchObject({ exitCode: 0, stdout: 'quick words?\n' });
  });

  test('that has cost its budget waits for a larger one', async () => {
    script('quick', { do: { say: 'words' } });
    write(
      'dear',
      toDocument({ start: input('x'), think: prompt('scripted/quick'), ask: { kind: 'approval' }, out: output('text') }, [
        'start.x->think.in',
        'think.text->ask.in',
        'ask.approved->out.value',
      ]),
    );
    expect(await place.run(['run', 'dear.heddle.json', '--budget', 'much'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('US dollars'),
    });
    const { ended, runId } = await run('dear', '--budget', '0.5');
    expect(ended.lines()[0]).toMatchObject({ type: 'run.started', data: { budgetUsd: 0.5 } });
    // Scripted models cost nothing, so that only a budget of nothing is used up.
    const used = await place.run(['steer', runId, '--budget', '0', '--json']);
    expect(used.exitCode).toBe(3);
    expect(resultOf(used)).toMatchObject({ status: 'interrupted' });
    expect(await place.run(['continue', runId])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('larger budget') });
    expect(await place.run(['steer', runId, '--budget', 'none', '--no-wait'])).toMatchObject({ exitCode: 0 });
    expect(await place.run(['continue', runId])).toMatchObject({ exitCode: 3 });
    expect(await place.run(['approve', runId])).toMatchObject({ exitCode: 0, stdout: 'words\n' });
  });

  test('takes the way it is steered to, in a subworkflow too, and is undone when asked', async () => {
    const branch = { kind: 'branch' as const, config: { cases: [{ name: 'long', when: 'false' }] } };
    write('part', toDocument({ x: input('x'), which: branch, y: output('y') }, ['x.x->which.in', 'which.long->y.value']));
    const value = { kind: 'transform' as const, config: { expression: 'inputs.in' } };
    write(
      'whole',
      toDocument(
        {
          start: input('x'),
          done: { ...value, compensation: 'undo' },
          undo: value,
          ask: { kind: 'approval' },
          sub: { kind: 'subflow', config: { workflow: 'part.heddle.json', inputs: { x: '{{ inputs.in }}' } } },
          out: output('y'),
        },
        ['start.x->done.in', 'done.value->ask.in', 'ask.approved->sub.in', 'sub.outputs->out.value'],
      ),
    );
    const { ended, runId } = await run('whole');
    expect(ended).toMatchObject({ exitCode: 3 });
    expect(ended.lines()[0]).toMatchObject({ data: { subworkflows: { 'part.heddle.json': { name: 'part' } } } });
    expect(await place.run(['steer', runId, '--path', 'part.heddle.json:which'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('NODE=CASE'),
    });
    expect(await place.run(['steer', runId, '--path', 'part.heddle.json:which=long'])).toMatchObject({ exitCode: 3 });
    expect(await place.run(['approve', runId])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('"y": "the x"') });

    const other = await run('whole');
    const undone = await place.run(['compensate', other.runId, '--reason', 'wrong day', '--as', 'ada', '--json']);
    expect(undone.exitCode).toBe(1);
    expect(undone.lines()).toContainEqual(
      expect.objectContaining({ type: 'run.compensationRequested', data: { reason: 'wrong day', by: 'ada' } }),
    );
    expect(typesOf(undone)).toEqual(expect.arrayContaining(['saga.started', 'saga.completed', 'run.cancelled']));
    expect(resultOf(undone)).toMatchObject({ status: 'cancelled' });
  });

  test('is left as it is by Ctrl-C', async () => {
    script('slow', { do: { wait: 'forever' } });
    write(
      'think',
      toDocument({ start: input('x'), think: prompt('scripted/slow'), out: output('text') }, [
        'start.x->think.in',
        'think.text->out.value',
      ]),
    );
    const { api } = await place.serve();
    const { runId } = await api.run.start({ source: { type: 'file', path: 'think.heddle.json' } });
    const following = place.start(['collect', runId, '--nodes', 'start,think', '--follow', '--json']);
    expect(JSON.parse(await following.sees(/"missing":\["think"\]/))).toMatchObject({ value: ['the x'], isComplete: false });
    following.child.kill('SIGINT');
    await following.ended;
    const signalling = place.start(['signal', runId, 'go', '--json']);
    await signalling.sees(/signal\.received/);
    signalling.child.kill('SIGINT');
    expect(await signalling.ended).toMatchObject({ exitCode: 130, stderr: expect.stringContaining(`heddle resume ${runId}`) });
    expect((await api.run.get({ runId })).status).toBe('running');
  });

  test.each([
    ['signal', ['go']],
    ['interrupt', []],
    ['continue', []],
    ['steer', ['--model', 'none']],
    ['compensate', []],
    ['approve', []],
    ['deny', ['--reason', 'no']],
    ['resolve', ['--fail']],
    ['collect', ['--nodes', 'a']],
    ['approvals', []],
  ])('%s of a run that is not there is wrong usage', async (command, more) => {
    expect(await place.run([command, 'nobody', ...more])).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('nobody'),
    });
  });
});

describe('what failed', () => {
  const failing = { when: { lastUser: { contains: 'bad' } }, do: { fail: { code: 'unauthorized' } } };
  async function runOverThree() {
    script('mood', failing, { do: { say: 'fine' } });
    write('part', toDocument({ x: input('x'), say: prompt('scripted/mood'), y: output('y') }, ['x.x->say.in', 'say.text->y.value']));
    write(
      'each',
      toDocument({ list: input('items'), each: { kind: 'map', config: { workflow: 'part.heddle.json' } }, out: output('all') }, [
        'list.items->each.items',
        'each.results->out.value',
      ]),
    );
    return run('each', '--input', 'items=["one","bad two","three"]');
  }

  test('is collected apart from what succeeded', async () => {
    const { runId } = await runOverThree();
    const all = await place.run(['collect', runId, '--map', 'each', '--json']);
    expect(all.exitCode).toBe(0);
    expect(all.lines()).toMatchObject([
      { value: ['fine', 'fine'], total: 3, succeeded: 2, failed: [{ part: '1' }], missing: [], isComplete: true },
    ]);
    expect(await place.run(['collect', runId, '--map', 'each', '--as', 'reduce:total == null ? 1 : total + 1'])).toMatchObject({
      exitCode: 0,
      stdout: '2\n',
    });
    expect(await place.run(['collect', runId, '--map', 'each', '--as', 'first:3'])).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining('only 2 of 3'),
    });
    expect((await place.run(['collect', runId, '--nodes', 'list,each', '--as', 'merge'])).stdout).toContain('"one"');
    expect(await place.run(['collect', runId, '--map', 'each', '--as', 'first'])).toMatchObject({ exitCode: 2 });
    expect(await place.run(['collect', runId, '--map', 'out'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('no map') });
    expect(await place.run(['collect', runId])).toMatchObject({ exitCode: 2 });
  });

  test('is listed, run again taking over the rest, and dismissed', async () => {
    const { runId } = await runOverThree();
    const id = `${runId}:each#1/i1/say#1`;
    expect((await place.run(['dead-letters', '--json'])).lines()).toMatchObject([
      { id, node: 'each#1/i1/say', effect: 'kept', handling: { type: 'open' } },
    ]);
    expect((await place.run(['dead-letters'])).stdout).toContain('its map went on without the item');
    const inVain = await place.run(['dead-letters', 'rerun', '--all', '--json']);
    expect(inVain.exitCode).toBe(0);
    const again = String(resultOf(inVain)?.runId);
    expect((await place.run(['dead-letters', '--json'])).lines()).toMatchObject([{ id: `${again}:each#1/i1/say#1` }]);

    script('mood', { do: { say: 'fine now' } });
    const healed = await place.run(['dead-letters', 'rerun', `${again}:each#1/i1/say#1`, '--as', 'ann', '--json']);
    expect(resultOf(healed)).toMatchObject({ status: 'succeeded', outputs: { all: ['fine', 'fine now', 'fine'] } });
    expect(typesOf(healed).filter((type) => type === 'modelCall.reused')).toHaveLength(2);
    expect((await place.run(['dead-letters', '--json'])).stdout).toBe('');
    const handled = (await place.run(['dead-letters', '--all', '--json'])).lines();
    expect(handled).toMatchObject([
      { handling: { type: 'rerun', by: 'ann', newRunId: resultOf(healed)?.runId } },
      { handling: { newRunId: again } },
    ]);
    expect(await place.run(['dead-letters', 'rerun', id])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(again) });
    expect(await place.run(['dead-letters', 'dismiss', 'nothing'])).toMatchObject({ exitCode: 2 });
    expect(await place.run(['dead-letters', 'rerun'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--all') });
    expect((await place.run(['doctor'])).exitCode).toBe(0);
  });

  test('is dismissed by whom and why', async () => {
    const { runId } = await runOverThree();
    const id = `${runId}:each#1/i1/say#1`;
    expect(await place.run(['dead-letters', 'dismiss', id, '--reason', 'known', '--as', 'ann'])).toMatchObject({ exitCode: 0 });
    expect((await place.run(['dead-letters', '--json'])).stdout).toBe('');
    expect((await place.run(['dead-letters', '--all'])).stdout).toContain('dismissed by ann: known');
  });
});

test('a template that nobody has changed is not copied again', async () => {
  const runTemplate = async () => (await place.run(['run', 'invoice-triage', '--approve', 'all', '--json'])).lines()[0];
  const path = 'Invoice triage.heddle.json';
  expect([await runTemplate(), await runTemplate()]).toMatchObject([{ data: { workflowPath: path } }, { data: { workflowPath: path } }]);
  const { data } = (await runTemplate()) as unknown as { data: { workflow: WorkflowDocument } };
  write('Invoice triage', { ...data.workflow, description: 'Ours' });
  expect(await runTemplate()).toMatchObject({ data: { workflowPath: 'Invoice triage 2.heddle.json' } });
  expect(await runTemplate()).toMatchObject({ data: { workflowPath: 'Invoice triage 2.heddle.json' } });
});

import type { RunEvent } from '#shared/run/events.ts';
import { driveToEnd } from '../crash/attentive-person.ts';
import { referenceWorkflows } from '../crash/reference-workflows.ts';
import { type Scenario, scenarios } from '../crash/scenarios.ts';
import { createRunWorld, toAnswer } from './run-world.ts';
import { toDocument } from './workflow-builder.ts';

/** One small run for each thing that a run can do, by a name that says what: recorded once by each build whose journals are to stay readable. */
export const histories: Readonly<Record<string, () => Promise<readonly RunEvent[]>>> = {
  ...Object.fromEntries(
    [...referenceWorkflows, ...scenarios].map((scenario) => [toFileName(scenario.name), () => recordScenario(scenario)] as const),
  ),
  'a-host-that-died-in-a-payment': recordDeath,
  'steered-interrupted-and-continued': recordSteering,
  'cancelled-while-a-tool-was-at-work': recordCancel,
  'a-fork-with-an-edited-answer': recordFork,
};

function toFileName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replaceAll(/^-|-$/g, '');
}

async function recordScenario(scenario: Scenario): Promise<readonly RunEvent[]> {
  const world = createRunWorld(scenario.world());
  const { subworkflows = {}, part = null } = scenario;
  const runId = await world.start(scenario.document, { subworkflows, part });
  await driveToEnd(world, runId);
  return world.events(runId);
}

const two = toDocument(
  {
    first: { kind: 'prompt', config: { model: 'test/a', prompt: 'one' } },
    payment: { kind: 'tool', config: { tool: 'pay', arguments: { for: '{{ first.text }}' } } },
    second: { kind: 'prompt', config: { model: 'test/a', prompt: 'two {{ payment.result }}' } },
    result: { kind: 'output', config: { name: 'text' } },
  },
  ['first.text->payment.in', 'payment.result->second.in', 'second.text->result.value'],
);
const pay = { effect: 'neither' as const, run: () => 'paid' };
const model = ({ model: name }: { readonly model: string }) => toAnswer(`by ${name}`);

async function recordDeath(): Promise<readonly RunEvent[]> {
  // After the intent: whether the effect came about nobody knows.
  const world = createRunWorld({ model, tools: { pay }, dieAfterEvents: 7 });
  const runId = await world.start(two);
  await world.died;
  await world.reopen();
  await world.runs.recover();
  await driveToEnd(world, runId);
  return world.events(runId);
}

async function recordSteering(): Promise<readonly RunEvent[]> {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: free, resolve: go } = Promise.withResolvers<string>();
  const world = createRunWorld({
    model,
    tools: {
      pay: {
        effect: 'neither',
        run: () => {
          begin();
          return free;
        },
      },
    },
  });
  const runId = await world.start(two);
  await begun;
  await world.runs.steer(runId, [{ type: 'model', model: 'test/b' }], 'test');
  await world.runs.interrupt(runId, 'finish', 'to have a look', 'test');
  go('paid');
  await world.settled(runId);
  await world.runs.continue(runId, 'test');
  await driveToEnd(world, runId);
  return world.events(runId);
}

async function recordCancel(): Promise<readonly RunEvent[]> {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const world = createRunWorld({
    model,
    tools: {
      pay: {
        effect: 'neither',
        run: () => {
          begin();
          return new Promise(() => undefined);
        },
      },
    },
  });
  const runId = await world.start(two);
  await begun;
  await world.runs.cancel(runId, 'enough');
  await world.settled(runId);
  return world.events(runId);
}

async function recordFork(): Promise<readonly RunEvent[]> {
  const world = createRunWorld({ model, tools: { pay } });
  const origin = await world.start(two);
  const { lastSeq } = await world.settled(origin);
  const edits = [{ type: 'answer', frame: 'first#1/m1', text: 'else' }] as const;
  const { runId } = await world.runs.fork({ runId: origin, atSeq: lastSeq, edits, reuse: 'unaffected', startedBy: 'test' });
  await world.settled(runId);
  return world.events(runId);
}

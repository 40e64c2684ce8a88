import { expect, it } from 'vitest';
import { createRunWorld } from '../support/run-world.ts';
import { toDocument } from '../support/workflow-builder.ts';

it('a workflow that runs itself without end is stopped with a word, and everything in it has ended', { timeout: 60_000 }, async () => {
  const workflow = toDocument({ inner: { kind: 'subflow', config: { workflow: 'self.heddle.json' } } }, []);
  const world = createRunWorld();
  const state = await world.settled(await world.start(workflow, { subworkflows: { 'self.heddle.json': workflow } }));
  expect(state).toMatchObject({ status: 'failed', error: { code: 'run.tooDeep' }, activeNodes: 0, atWork: 0 });
  expect(world.events(state.runId).filter(({ type }) => type === 'scope.started')).toHaveLength(64);
});

import { expect, test } from 'vitest';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { createRunWorld } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { toSharedDocument, toSharedDocuments } from './shared-documents.ts';

const toQuestion = (title: string): WorkflowDocument =>
  toDocument({ ask: { kind: 'form', config: { title, schema: { type: 'object' } } } }, []);

test('documents of equal content are one, others are not', () => {
  const first = toSharedDocument(toQuestion('Go on?'));
  expect(toSharedDocument(toQuestion('Go on?'))).toBe(first);
  expect(toSharedDocument(first)).toBe(first);
  expect(toSharedDocument(toQuestion('Stop?'))).not.toBe(first);
  expect(toSharedDocuments({ 'a.json': toQuestion('Go on?') })['a.json']).toBe(first);
});

test('runs of one workflow share its document, those that were started before a restart too', async () => {
  const world = createRunWorld({});
  const start = async (title: string) => {
    const request = { workflowPath: 'same.json', inputs: {}, approvalMode: 'ask', modelOverride: null, startedBy: 'test' } as const;
    const { runId } = await world.runs.start({ ...request, document: toQuestion(title) });
    await world.settled(runId);
    return runId;
  };
  const [one, two, other] = [await start('Ready?'), await start('Ready?'), await start('Sure?')];
  const documentOf = (runId: string) => world.runs.state(runId).workflow;
  expect(documentOf(two)).toBe(documentOf(one));
  expect([documentOf(other), documentOf(one)]).toEqual([toQuestion('Sure?'), toQuestion('Ready?')]);
  const before = documentOf(one);
  await world.reopen();
  await world.runs.recover();
  await world.settled(one);
  expect([documentOf(one), documentOf(two), documentOf(other)].map((document) => document === before)).toEqual([true, true, false]);
});

import { toDocument } from '../../tests/support/workflow-builder.ts';
import { editorCanvas } from '../screens/canvas.ts';
import { openWorkflow } from '../screens/runs.ts';
import { expectSaved, readWorkflowFile } from '../screens/workflow-file.ts';
import { expect, test } from '../worlds/studio.ts';

const path = 'Essay.heddle.json';
const essay = toDocument(
  {
    brief: { kind: 'input', config: { fields: [{ name: 'topic', type: 'string', required: true }] } },
    research: { kind: 'prompt', config: { model: 'scripted/demo', prompt: 'Look up {{ brief.topic }}' } },
    write: { kind: 'prompt', config: { model: 'scripted/demo', prompt: 'Write of {{ brief.topic }} with {{ research.text }}' } },
    result: { kind: 'output', config: { name: 'essay' } },
  },
  ['brief.topic->research.in', 'research.text->write.in', 'write.text->result.value'],
);

test.setTimeout(120_000);

test('by keyboard alone, nodes become a subflow, it is looked into and come back from, and put in its place again', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Essay', essay);
  const canvas = editorCanvas(page, 'Essay');
  await canvas.surface.focus();
  await canvas.card('research').click();
  await canvas.card('write').click({ modifiers: ['Shift'] });
  await page.keyboard.press('Shift+X');
  const dialog = page.getByRole('dialog', { name: 'Extract 2 nodes into a subflow' });
  await dialog.getByRole('textbox', { name: 'Name of the new workflow' }).fill('Drafting');
  await page.keyboard.press('Enter');
  await expect(page.getByText('“Drafting” is a workflow of its own now.')).toBeVisible();
  await expectSaved(place, path, ({ nodes }) => nodes.map(({ id, kind }) => `${id} ${kind}`), [
    'brief input',
    'result output',
    'steps subflow',
    'write transform',
  ]);
  expect(readWorkflowFile(place, 'Drafting.heddle.json').nodes.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
    'brief input',
    'research prompt',
    'write prompt',
    'write_out output',
  ]);

  await page.keyboard.press('Enter');
  await expect(editorCanvas(page, 'Drafting').card('research')).toBeVisible();
  const way = page.getByRole('navigation', { name: 'The way here' });
  await expect(way).toContainText('Essay');
  await editorCanvas(page, 'Drafting').surface.focus();
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(canvas.card('Drafting')).toBeVisible();

  await canvas.surface.focus();
  await page.keyboard.press('Shift+I');
  await expect(canvas.card('research')).toBeVisible();
  await expectSaved(
    place,
    path,
    ({ nodes, edges }) => [
      nodes.map(({ id, kind }) => `${id} ${kind}`).toSorted(),
      edges.map(({ from, to }) => `${from} ${to}`).toSorted(),
    ],
    [
      ['brief input', 'research prompt', 'result output', 'write prompt'],
      ['brief.topic research.in', 'research.text write.in', 'write.text result.value'],
    ],
  );
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expectSaved(place, path, ({ nodes }) => nodes.map(({ id }) => id), ['brief', 'research', 'write', 'result']);
});

test('what cannot become a subflow says why before anything is made', async ({ studio }) => {
  const { page } = studio;
  await openWorkflow(studio, 'Essay', essay);
  const canvas = editorCanvas(page, 'Essay');
  await canvas.surface.focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Shift+X');
  const dialog = page.getByRole('dialog', { name: 'Extract 4 nodes into a subflow' });
  await expect(dialog).toContainText('“brief” is where the inputs of a run come in, so it stays. Take it out of the selection.');
  await expect(dialog.getByRole('button', { name: 'Extract' })).toBeDisabled();
});

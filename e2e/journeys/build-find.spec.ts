import { toDocument } from '../../tests/support/workflow-builder.ts';
import { editorCanvas } from '../screens/canvas.ts';
import { openWorkflow } from '../screens/runs.ts';
import { expectSaved } from '../screens/workflow-file.ts';
import { expect, test } from '../worlds/studio.ts';

const path = 'Words.heddle.json';
const words = toDocument(
  {
    brief: { kind: 'input', config: { fields: [{ name: 'topic', type: 'string', required: true }] } },
    writer: { kind: 'prompt', config: { model: 'scripted/demo', prompt: 'Draft it: {{ brief.topic }}. Redraft the draft.' } },
    check: { kind: 'branch', config: { cases: [{ name: 'long', when: 'size(writer.text) > 80' }] } },
    result: { kind: 'output', config: { name: 'draft' } },
  },
  ['brief.topic->writer.in', 'writer.text->check.in', 'check.long->result.value'],
);

test.setTimeout(120_000);

test('by keyboard alone, a text is found in prompts and conditions, gone through, and replaced as one step', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Words', words);
  const canvas = editorCanvas(page, 'Words');
  await canvas.surface.focus();
  await page.keyboard.press('Control+f');
  const bar = page.getByRole('search', { name: 'Find in the workflow' });
  await expect(bar.getByRole('textbox', { name: 'Find' })).toBeFocused();
  await page.keyboard.type('draft');
  await expect(bar.getByRole('status')).toHaveText('4 places in 2 nodes.');
  await page.keyboard.press('Enter');
  await expect(bar.getByRole('status')).toHaveText('1 of 4 places in 2 nodes.');
  await expect(page.getByRole('complementary', { name: 'Inspector' }).getByRole('heading', { name: 'writer' })).toBeVisible();
  await page.keyboard.press('Shift+Enter');
  await expect(bar.getByRole('status')).toHaveText('4 of 4 places in 2 nodes.');

  await page.keyboard.press('Control+h');
  await bar.getByRole('button', { name: 'Whole words' }).click();
  await expect(bar.getByRole('status')).toHaveText('3 of 3 places in 2 nodes.');
  await bar.getByRole('textbox', { name: 'Replace with' }).fill('sketch');
  await page.keyboard.press('Control+Enter');
  await expectSaved(place, path, ({ nodes }) => [nodes[1]?.config.prompt, nodes[3]?.config.name], [
    'sketch it: {{ brief.topic }}. Redraft the sketch.',
    'sketch',
  ]);
  await page.keyboard.press('Escape');
  await expect(bar).toHaveCount(0);
  await expect(canvas.surface).toBeFocused();
  await page.keyboard.press('Control+z');
  await expectSaved(place, path, ({ nodes }) => [nodes[1]?.config.prompt, nodes[3]?.config.name], [
    'Draft it: {{ brief.topic }}. Redraft the draft.',
    'draft',
  ]);
});

test('a pattern finds what a word cannot, says what is wrong with it, and one place at a time is replaced', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Words', words);
  await editorCanvas(page, 'Words').surface.focus();
  await page.keyboard.press('Control+h');
  const bar = page.getByRole('search', { name: 'Find in the workflow' });
  await bar.getByRole('button', { name: 'Regular expression' }).click();
  await bar.getByRole('textbox', { name: 'Find' }).fill('> [0-9');
  await expect(bar.getByRole('status')).toContainText('The pattern');
  await bar.getByRole('textbox', { name: 'Find' }).fill('> [0-9]+');
  await expect(bar.getByRole('status')).toHaveText('one place in one node.');
  await bar.getByRole('button', { name: /Cases/ }).click();
  await bar.getByRole('textbox', { name: 'Replace with' }).fill('> 120');
  await bar.getByRole('button', { name: 'Replace', exact: true }).click();
  await expectSaved(place, path, ({ nodes }) => nodes[2]?.config.cases, [{ name: 'long', when: 'size(writer.text) > 120' }]);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCanvas } from '../screens/canvas.ts';
import { galleryCard, openQuestion, openRunTab } from '../screens/runs.ts';
import { expect, test } from '../worlds/studio.ts';

test('the draft comes back once, and what is published is the text as a person edited it', async ({ studio: { page, place } }) => {
  await (await galleryCard(page, 'Research, write, review')).getByRole('button', { name: 'Run it' }).click();
  const canvas = runCanvas(page, 'Research, write, review');
  const question = await openQuestion(page, 'Publish?');
  await openRunTab(page, 'Research, write, review');
  await expect(canvas.card('Writer, second pass')).toContainText('succeeded');
  await expect(canvas.card('Draft as it is')).toContainText('skipped');
  await page.getByRole('tab', { name: 'Approvals' }).click();
  await question.getByRole('button', { name: /^Edit first/ }).click();
  const text = question.getByRole('textbox', { name: 'Value (required)' });
  const written = await text.inputValue();
  expect(written).toContain('#');
  await text.fill(`${written}\n\nSeen by Ada before it went out.\n`);
  await question.getByRole('button', { name: 'Approve as edited' }).click();

  await openRunTab(page, 'Research, write, review');
  await expect(canvas.card('File')).toContainText('succeeded');
  expect(readFileSync(join(place.workspace, 'articles/article.md'), 'utf8')).toContain('Seen by Ada before it went out.');
  await expect(page.getByRole('option', { name: /approval\.granted .*edited/ })).toBeVisible();
});

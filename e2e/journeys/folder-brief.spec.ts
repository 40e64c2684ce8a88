import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCanvas } from '../screens/canvas.ts';
import { galleryCard, openOutput, openQuestion, openRunTab } from '../screens/runs.ts';
import { expect, test } from '../worlds/studio.ts';

test('a folder of one’s own gives a brief whose figures are in its files, written once approved', async ({ studio: { page, place } }) => {
  place.write('llama farm/herd.md', '# The herd\n\nOn 3 May the herd counted 7,431 llamas, 18.25 % more than a year before.\n');
  place.write('llama farm/letters/zwolle.txt', 'Wiebke writes: “The wool of 2,093 animals went to Zwolle for €61.77 a kilo.”\n');
  await (await galleryCard(page, 'Folder brief')).getByRole('button', { name: 'Use it' }).click();
  await page.getByRole('application', { name: 'Canvas of Folder brief' }).waitFor();
  await page.keyboard.press('Alt+F5');
  const form = page.getByRole('dialog', { name: 'Run Folder brief' });
  await form.getByRole('textbox', { name: 'folder' }).fill('llama farm');
  await form.getByRole('textbox', { name: 'saveAs' }).fill('out/llamas.md');
  await form.getByRole('button', { name: 'Run' }).click();

  const question = await openQuestion(page, 'Save this brief?');
  for (const figure of ['7,431 llamas', '18.25 %', '2,093 animals', '€61.77', 'herd.md']) await expect(question).toContainText(figure);
  expect(existsSync(join(place.workspace, 'out'))).toBe(false);
  await question.getByRole('button', { name: /^Approve/ }).click();
  await openRunTab(page, 'Folder brief');
  await expect(runCanvas(page, 'Folder brief').card('File')).toContainText('succeeded');
  await expect(await openOutput(page)).toContainText('7,431 llamas');
  const brief = readFileSync(join(place.workspace, 'out/llamas.md'), 'utf8');
  expect(brief).toContain('18.25 %');
  expect(brief).toContain('€61.77');
});

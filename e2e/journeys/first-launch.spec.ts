import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCanvas } from '../screens/canvas.ts';
import { openQuestion, openRunTab } from '../screens/runs.ts';
import { expect, test } from '../worlds/studio.ts';

test('at first launch a finished run is open, and the canvas follows the bar back and forth', async ({ studio: { page } }) => {
  const canvas = runCanvas(page, 'Folder brief');
  await expect(canvas.card('File')).toContainText('succeeded');
  await expect(page.getByRole('banner').getByRole('button', { name: /^Run/ })).toBeEnabled();
  const bar = page.getByRole('slider', { name: 'Event shown' });
  await bar.focus();
  await bar.press('Home');
  await expect(canvas.card('Reader')).toContainText('not reached yet');
  await expect(page.getByRole('option', { name: /run\.started/ })).toHaveAttribute('aria-selected', 'true');
  for (let step = 0; step < 4; step += 1) await bar.press('ArrowRight');
  await expect(canvas.card('Reader')).toContainText('running');
  await expect(canvas.card('File')).toContainText('not reached yet');
  await bar.press('End');
  await expect(canvas.card('File')).toContainText('succeeded');
  await page.keyboard.press('Alt+F10');
  await expect(page.getByText('event 51 / 52')).toBeVisible();
  await page.keyboard.press('F10');
  await expect(page.getByText('event 52 / 52')).toBeVisible();

  await canvas.card('Reader').click();
  await expect(page.getByRole('complementary', { name: 'Inspector' }).getByRole('heading', { name: 'Reader' })).toBeVisible();
});

test('the second click runs it, and it succeeds once its file is approved', async ({ studio: { page, place } }) => {
  await page.getByRole('button', { name: 'Run it yourself' }).click();
  const canvas = runCanvas(page, 'Folder brief');
  const question = await openQuestion(page, 'Save this brief?');
  expect(existsSync(join(place.workspace, 'briefs/brief.md'))).toBe(false);
  await question.getByRole('button', { name: /^Approve/ }).click();
  await openRunTab(page, 'Folder brief');
  await expect(canvas.card('File')).toContainText('succeeded');
  expect(existsSync(join(place.workspace, 'briefs/brief.md'))).toBe(true);
});

test('the gallery shows templates, each with a run to look at', async ({ studio: { page } }) => {
  await page.getByRole('tab', { name: 'Welcome' }).click();
  for (const name of ['Folder brief', 'Research, write, review', 'Invoice triage', 'Minutes to actions']) {
    const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });
    await expect(card.getByRole('button')).toHaveText(['Run it', 'Use it', 'Explore the recorded run']);
  }
});

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '../worlds/studio.ts';

const speedscope = join(dirname(createRequire(import.meta.url).resolve('speedscope/package.json')), 'dist/release/index.html');

test('where a run spent its time, tokens and money is seen in its flame graph, by keyboard alone', async ({ studio: { page } }) => {
  await page.keyboard.press('Control+Shift+F');
  const chart = page.getByRole('application', { name: 'Flame graph of Folder brief' });
  const chosen = page.getByRole('region', { name: 'Bottom panel' }).locator('#flame-chosen');
  await chart.focus();
  await page.keyboard.press('ArrowDown');
  await expect(chosen).toContainText('Folder brief · run · succeeded');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(chosen).toContainText('Reader · attempt · succeeded');
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText('Reader');
  await expect(page.getByRole('treeitem', { name: 'Reader' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await expect(chosen).toContainText('turn 1 · turn');

  await page.getByRole('button', { name: 'Go to its start' }).click();
  await expect(page.getByText(/^event \d+ \/ 52$/)).toHaveText(/^event [1-9] \//);
  await expect(chosen).toContainText('turn 1 · turn · goes on');
  await page.keyboard.press('Control+End');
});

test('a flame shows tokens instead of time, together what is called the same, and what a search finds', async ({ studio: { page } }) => {
  await page.keyboard.press('Control+Shift+F');
  const panel = page.getByRole('region', { name: 'Bottom panel' });
  await panel.getByRole('radio', { name: 'Tokens' }).click();
  await expect(panel.getByRole('radio', { name: 'By the clock' })).toHaveCount(0);
  await panel.getByRole('radio', { name: 'Together' }).click();
  const chart = page.getByRole('application', { name: 'Flame graph of Folder brief' });
  await chart.focus();
  for (const _ of ['the run', 'the reader', 'its turns', 'its calls']) await page.keyboard.press('ArrowDown');
  await expect(panel.locator('#flame-chosen')).toContainText(/folder-brief · 3 model calls · 4\.\dk tok/);
  await panel.getByRole('searchbox').fill('FOLDER-brief');
  await expect(panel.getByRole('status').or(panel.locator('output'))).toHaveText('1');
});

test('a flame is saved as a file that speedscope and Chrome open', async ({ studio: { page }, context }) => {
  await page.keyboard.press('Control+Shift+F');
  const save = async (item: string) => {
    await page.getByRole('button', { name: 'Save as a file' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: item }).click()]);
    return { name: download.suggestedFilename(), path: await download.path() };
  };
  const chrome = await save('For Chrome tracing and Perfetto');
  const { traceEvents } = JSON.parse(readFileSync(chrome.path, 'utf8')) as { readonly traceEvents: readonly { readonly name: string }[] };
  expect(traceEvents.map(({ name }) => name)).toEqual(expect.arrayContaining(['Folder brief', 'Reader', 'turn 3', 'approval']));

  const profile = await save('For speedscope');
  expect(profile.name).toMatch(/^Folder brief \w+\.speedscope\.json$/);
  const viewer = await context.newPage();
  await viewer.goto(pathToFileURL(speedscope).href);
  const [chooser] = await Promise.all([viewer.waitForEvent('filechooser'), viewer.getByText('Browse', { exact: true }).click()]);
  await chooser.setFiles(profile.path);
  await expect(viewer).toHaveTitle(/Time|Folder brief/);
  await expect(viewer.getByText('Sandwich')).toBeVisible();
});

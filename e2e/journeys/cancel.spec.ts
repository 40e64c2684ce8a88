import { runCanvas } from '../screens/canvas.ts';
import { openWorkflow } from '../screens/runs.ts';
import { expect, test } from '../worlds/studio.ts';
import { toTalking, writeTalker } from '../worlds/talking.ts';

test('a run that is stopped while its model speaks stops at once, and can be run again', async ({ studio }) => {
  const { page } = studio;
  writeTalker(studio.place, { words: 4_000, charsPerSecond: 60 });
  await openWorkflow(studio, 'Talk', toTalking());
  await page.keyboard.press('F5');
  const canvas = runCanvas(page, 'Talk');
  await expect(canvas.card('talker')).toContainText('word');
  await page.getByRole('button', { name: /^Stop/ }).click();
  await expect(canvas.card('talker')).toContainText('stopped');
  await expect(
    page
      .getByRole('tabpanel', { name: /^Talk #/ })
      .getByText('stopped')
      .first(),
  ).toBeVisible();
  await page.getByRole('tab', { name: 'Output', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Bottom panel' })).toContainText('The run was stopped');

  await page.getByRole('button', { name: /^Run again/ }).click();
  await expect(page.getByRole('tab', { name: /^Talk #/ })).toHaveCount(2);
  await expect(canvas.card('talker')).toContainText('word');
  await page.keyboard.press('Shift+F5');
  await expect(canvas.card('talker')).toContainText('stopped');
});

import { runCanvas } from '../screens/canvas.ts';
import { expectWholeJournal, openOutput, openWorkflow } from '../screens/runs.ts';
import { expect, test, untilConnected } from '../worlds/studio.ts';
import { toTalking, writeTalker } from '../worlds/talking.ts';

test('a window that is reloaded in the middle of a run loses nothing, and goes on showing what is said', async ({ studio }) => {
  const { page } = studio;
  // Some 17 s: time enough for a slow machine to load the page again while it speaks.
  test.setTimeout(120_000);
  writeTalker(studio.place, { words: 160, charsPerSecond: 80 });
  await openWorkflow(studio, 'Talk', toTalking());
  await page.keyboard.press('F5');
  const talker = runCanvas(page, 'Talk').card('talker');
  await expect(talker).toContainText('word');
  await page.reload();
  await untilConnected(page);
  await expect(talker).toContainText('running');
  const before = (await talker.textContent()) ?? '';
  expect(before).toContain('word');
  await expect(talker).not.toHaveText(before);
  await expect(runCanvas(page, 'Talk').card('end')).toContainText('succeeded', { timeout: 60_000 });
  await expect(await openOutput(page)).toContainText(/word 1 word 2 .* word 160/);
  const types = await expectWholeJournal(studio);
  expect(types.filter((type) => type === 'modelCall.started')).toHaveLength(1);
  expect(types).not.toContain('run.resumed');
});

import { runCanvas } from '../screens/canvas.ts';
import { expectWholeJournal, openOutput, openWorkflow } from '../screens/runs.ts';
import { expect, test, untilConnected } from '../worlds/studio.ts';
import { toTalking, writeTalker } from '../worlds/talking.ts';

test('the window says that the host is gone, keeps what it showed, and is back by itself', async ({ studio }) => {
  const { page } = studio;
  await studio.killHost();
  await expect(page.getByText('No connection to the host for')).toBeVisible();
  await expect(page.getByRole('contentinfo')).toContainText('host gone, reconnecting');
  await expect(runCanvas(page, 'Folder brief').card('File')).toContainText('succeeded');
  await expect(page.getByRole('button', { name: 'Run it yourself' })).toBeDisabled();
  await studio.startHostAgain();
  await untilConnected(page);
  await expect(page.getByText('No connection to the host for')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Run it yourself' })).toBeEnabled();
});

test('a run whose host is killed goes on where its journal ends, without an event twice', async ({ studio }) => {
  const { page } = studio;
  // It would speak for minutes: however slow the machine, the host dies in the middle.
  writeTalker(studio.place, { words: 4_000, charsPerSecond: 60 });
  await openWorkflow(studio, 'Talk', toTalking());
  await page.keyboard.press('F5');
  const canvas = runCanvas(page, 'Talk');
  await expect(canvas.card('talker')).toContainText('word');
  await studio.killHost();
  await expect(page.getByText('No connection to the host for')).toBeVisible();
  await expect(canvas.card('talker')).toBeVisible();
  writeTalker(studio.place, { words: 60, charsPerSecond: 400 });
  await studio.startHostAgain();
  await expect(canvas.card('end')).toContainText('succeeded');
  await expect(page.getByRole('tabpanel', { name: /^Talk #/ }).getByText('resumed 1 time')).toBeVisible();
  await expect(await openOutput(page)).toContainText(/^word 1 word 2 .* word 60$/);
  const types = await expectWholeJournal(studio);
  expect(types.filter((type) => type === 'run.resumed')).toHaveLength(1);
  expect(types.filter((type) => type === 'node.started')).toHaveLength(2);
});

import { toDocument } from '../../tests/support/workflow-builder.ts';
import { runCanvas } from '../screens/canvas.ts';
import { runScreen } from '../screens/run-view.ts';
import { openRunTab, openWorkflow } from '../screens/runs.ts';
import { toPlaced } from '../worlds/placed.ts';
import { expect as soon, test } from '../worlds/studio.ts';

/** Every step is on disk before the next, which a busy machine takes its time for. */
const expect = soon.configure({ timeout: 60_000 });

/** Five that come at once to one lane, and a model that does not answer before it is stopped. */
const crowd = toPlaced(
  toDocument(
    Object.fromEntries(
      ['first', 'second', 'third', 'fourth', 'fifth'].map((id) => [
        id,
        { kind: 'prompt', config: { model: 'scripted/silent', prompt: id }, lane: 'narrow', policy: { maxAttempts: 1, onFailure: 'skip' } },
      ]),
    ),
    [],
  ),
  { second: [0, 1], third: [0, 2], fourth: [1, 0], fifth: [1, 1] },
);

test('a narrow lane lets one in, keeps two waiting, turns the others away; one is moved and begins', async ({ studio }) => {
  test.setTimeout(300_000);
  const { page, place } = studio;
  place.write('scripts/silent.script.json', { version: 1, rules: [{ do: { wait: 'forever' } }] });
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('button', { name: 'Lanes' }).click();
  const settings = page.getByRole('tabpanel', { name: 'Settings' });
  await settings.getByRole('button', { name: 'Add lane' }).click();
  const lane = settings.getByRole('region', { name: /^Lane / }).last();
  await lane.getByRole('textbox', { name: 'Name' }).fill('narrow');
  await lane.getByRole('textbox', { name: 'Quota' }).fill('1');
  await lane.getByRole('textbox', { name: 'Places to wait' }).fill('2');
  await lane.getByRole('combobox', { name: 'When full' }).selectOption('Refuse');
  await settings.getByRole('button', { name: 'Save lanes' }).click();
  await expect(settings.getByText('Everything is saved.')).toBeVisible();

  await openWorkflow(studio, 'Crowd', crowd);
  await page.keyboard.press('F5');
  const canvas = runCanvas(page, 'Crowd');
  await expect(canvas.card('first')).toContainText('running');
  for (const id of ['second', 'third']) await expect(canvas.card(id)).toContainText('in lane narrow');
  for (const id of ['fourth', 'fifth']) await expect(canvas.card(id)).toContainText('failed, left out');

  await page.keyboard.press('Control+Shift+L');
  const lanes = page.getByRole('tabpanel', { name: 'Lanes' });
  const row = lanes.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^narrow/ }) });
  await expect(row).toContainText('full');
  await expect(row).toContainText('2 places, then refuses');
  await expect(cell(0)).toContainText('2');
  await expect(cell(1)).toHaveText('1 / 1');
  await expect(cell(5)).toHaveText('2');
  const waiting = lanes.getByRole('listbox', { name: 'Waiting nodes' });
  await expect(waiting.getByRole('option')).toHaveText([/second/, /third/]);

  await waiting.getByRole('option', { name: /third/ }).click();
  await lanes.getByRole('button', { name: 'Move to…' }).click();
  await page.getByRole('menuitem', { name: 'interactive' }).click();
  await expect(waiting.getByRole('option')).toHaveText([/second/]);
  await expect(cell(0)).toContainText('1');
  const interactive = lanes.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^interactive/ }) });
  await expect(interactive.getByRole('cell').nth(1)).toHaveText('1');
  await openRunTab(page, 'Crowd');
  await expect(canvas.card('third')).toContainText('running');
  await expect(canvas.card('second')).toContainText('in lane narrow');

  await page.keyboard.press('Shift+F5');
  await expect(runScreen(page, 'Crowd').status('stopped')).toBeVisible();
  await page.getByRole('tab', { name: 'Lanes' }).click();
  await expect(lanes.getByText('No node waits')).toBeVisible();
  await expect(cell(1)).toHaveText('0 / 1');

  function cell(column: number) {
    return row.getByRole('cell').nth(column);
  }
});

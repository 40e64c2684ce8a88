import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { editorCanvas, runCanvas } from '../screens/canvas.ts';
import { openOutput, openWorkflow } from '../screens/runs.ts';
import { toPlaced } from '../worlds/placed.ts';
import { expect, test } from '../worlds/studio.ts';

const echo = { version: 1, rules: [{ do: { say: 'did {{ request.lastUser }}' } }] };

/** topic → research → write → text. */
const brief = toPlaced(
  toDocument(
    {
      given: { kind: 'input', config: { fields: [{ name: 'topic', type: 'string', required: true }] } },
      research: { kind: 'prompt', config: { model: 'scripted/echo', prompt: 'find {{ given.topic }}' } },
      write: { kind: 'prompt', config: { model: 'scripted/echo', prompt: 'write {{ research.text }}' } },
      text: { kind: 'output', config: { name: 'text' } },
    },
    ['given.topic->research.in', 'research.text->write.in', 'write.text->text.value'],
  ),
);

const dialog = (page: Page) => page.getByRole('dialog');

test('one node is run with what is typed, pinned or recorded, and nothing else is', async ({ studio }) => {
  test.setTimeout(180_000);
  const { page, place } = studio;
  place.write('scripts/echo.script.json', echo);
  const path = await openWorkflow(studio, 'Brief', brief);
  const canvas = editorCanvas(page, 'Brief');
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  const run = runCanvas(page, 'Brief');

  await test.step('what is missing is asked, by the keyboard alone', async () => {
    await canvas.card('write').click();
    await page.keyboard.press('F7');
    await expect(dialog(page).getByRole('heading', { name: 'Run only write' })).toBeVisible();
    await dialog(page).getByLabel('text (required)').fill('typed');
    await page.keyboard.press('Control+Enter');
    await expect(run.card('write')).toContainText('tok');
    await expect(run.card('research')).toContainText('given by hand');
    await expect(run.card('given')).toContainText('not part of this run');
    await expect(page.getByRole('region', { name: 'This run' })).toContainText('only write');
  });

  await test.step('up to a node asks for the inputs that it takes in', async () => {
    await page.getByRole('tab', { name: 'Brief', exact: true }).click();
    await canvas.card('research').click();
    await inspector.getByRole('button', { name: 'Up to here' }).click();
    await dialog(page).getByLabel('topic (required)').fill('looms');
    await dialog(page).getByRole('button', { name: /^Run/ }).click();
    await expect(run.card('research')).not.toContainText('given by hand');
    await expect(run.card('write')).toContainText('not part of this run');
  });

  await test.step('what it gave is pinned from the run, marked on the card and saved beside the workflow', async () => {
    await run.card('research').click();
    await inspector.getByRole('button', { name: 'Pin this output' }).click();
    await expect(inspector.getByRole('button', { name: 'Unpin this output' })).toBeVisible();
    expect(JSON.parse(readFileSync(join(place.workspace, path.replace('.heddle.json', '.pins.json')), 'utf8'))).toEqual({
      schemaVersion: 1,
      pins: { research: { text: 'did find looms' } },
    });
    await page.getByRole('tab', { name: 'Brief', exact: true }).click();
    await expect(canvas.card('research').getByLabel('its output is pinned')).toBeVisible();
  });

  await test.step('it can be changed by hand, and stands in when what follows runs', async () => {
    await canvas.card('research').click();
    const pin = inspector.locator('[data-field=pin]');
    await pin.getByLabel('text').fill('pinned words');
    await pin.getByRole('button', { name: 'Pin the change' }).click();
    await expect(pin.getByRole('button', { name: 'Pin the change' })).toBeDisabled();
    await canvas.card('write').click();
    await inspector.getByRole('button', { name: 'From here' }).click();
    await expect(run.card('research')).toContainText('pinned');
    await expect(await openOutput(page)).toContainText('did write pinned words');
  });

  await test.step('unpinned, the last run counts again', async () => {
    await page.getByRole('tab', { name: 'Brief', exact: true }).click();
    await canvas.card('research').click();
    await page.keyboard.press('Alt+Shift+P');
    await expect(canvas.card('research').getByLabel('its output is pinned')).toBeHidden();
    await canvas.card('write').click();
    await page.keyboard.press('F7');
    await expect(run.card('research')).toContainText('from run #');
    await run.card('write').click();
    await expect(inspector).toContainText('did write did find looms');
  });

  await test.step('what it gave last is pinned by key, and the pin goes with the node when that is called otherwise in expressions', async () => {
    await page.getByRole('tab', { name: 'Brief', exact: true }).click();
    await canvas.card('write').click();
    await page.keyboard.press('Alt+P');
    await expect(canvas.card('write').getByLabel('its output is pinned')).toBeVisible();
    await inspector.getByLabel('In expressions').fill('essay');
    await page.keyboard.press('Tab');
    await expect.poll(() => studio.host.api.pin.list({ path })).toEqual({ essay: { text: 'did write did find looms' } });
    await expect(canvas.card('write').getByLabel('its output is pinned')).toBeVisible();
  });
});

test('a part of a workflow that is only half built runs', async ({ studio }) => {
  const { page, place } = studio;
  place.write('scripts/echo.script.json', echo);
  const half = { ...brief, nodes: brief.nodes.map((node) => (node.id === 'write' ? { ...node, config: { model: 5 } } : node)) };
  await openWorkflow(studio, 'Half', half);
  await editorCanvas(page, 'Half').card('research').click();
  await page.keyboard.press('Shift+F7');
  await dialog(page).getByLabel('topic (required)').fill('looms');
  await page.keyboard.press('Control+Enter');
  await runCanvas(page, 'Half').card('research').click();
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText('did find looms');
});

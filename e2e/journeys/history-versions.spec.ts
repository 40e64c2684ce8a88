import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { editorCanvas } from '../screens/canvas.ts';
import { openHistory, typeIntoTask } from '../screens/history.ts';
import { openWorkflow } from '../screens/runs.ts';
import { expectSaved } from '../screens/workflow-file.ts';
import { expect, test, untilConnected } from '../worlds/studio.ts';

const path = 'Draft.heddle.json';
const draft = toDocument(
  {
    topic: { kind: 'input', config: { fields: [{ name: 'what', type: 'string', required: true }] } },
    writer: { kind: 'prompt', config: { model: 'scripted/demo', prompt: 'About {{ topic.what }}' } },
    out: { kind: 'output', config: { name: 'text' } },
  },
  ['topic.what->writer.in', 'writer.text->out.value'],
);

test('everything can be undone after the host and the window began anew, down to the first byte', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Draft', draft);
  const first = readFileSync(join(place.workspace, path), 'utf8');
  await typeIntoTask(page, 'Draft', 'A poem on {{ topic.what }}');
  const canvas = editorCanvas(page, 'Draft');
  await canvas.card('out').click();
  await page.keyboard.press('Delete');
  await canvas.card('topic').click();
  await page.keyboard.press('Shift+ArrowDown');
  await expectSaved(place, path, ({ nodes }) => [nodes.length, nodes[1]?.config.prompt], [2, 'A poem on {{ topic.what }}']);
  await expect(page.getByRole('button', { name: /^Undo: Move/ })).toBeVisible();

  await studio.killHost();
  await studio.startHostAgain();
  await page.reload();
  await untilConnected(page);
  await expect(page.getByRole('button', { name: /^Undo: Move/ })).toBeEnabled();
  await canvas.surface.focus();
  await page.keyboard.press('Control+z');
  await expect(page.getByRole('button', { name: /^Undo: Delete/ })).toBeEnabled();
  await page.keyboard.press('Control+z');
  await expect(canvas.card('out')).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(page.getByRole('button', { name: 'Undo', exact: true })).toBeDisabled();
  await expect.poll(() => readFileSync(join(place.workspace, path), 'utf8')).toBe(first);
  await page.keyboard.press('Control+Shift+z');
  await expectSaved(place, path, ({ nodes }) => nodes[1]?.config.prompt, 'A poem on {{ topic.what }}');
});

test('two versions are compared on the canvas, one gets a name, and is brought back', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Draft', draft);
  const panel = await openHistory(page);
  await expect(panel.getByText('Nothing was changed yet')).toBeVisible();
  await panel.getByRole('button', { name: 'Name what is there now' }).click();
  await page.getByRole('dialog', { name: 'Name this version' }).getByRole('textbox', { name: 'Name' }).fill('First draft');
  await page.keyboard.press('Enter');
  await expect(panel.getByRole('option', { name: /First draft/ })).toBeVisible();

  const canvas = editorCanvas(page, 'Draft');
  await canvas.card('out').click();
  await page.keyboard.press('Delete');
  await typeIntoTask(page, 'Draft', 'A poem on {{ topic.what }}');
  await expect(panel.getByRole('option')).toHaveCount(3);
  await panel.getByRole('option').filter({ hasText: 'this window' }).filter({ hasText: 'settings of writer' }).click();
  const comparison = page.getByRole('region', { name: 'Comparison of two versions' });
  await expect(comparison.getByRole('status')).toHaveText('1 node changed');
  await expect(comparison.getByRole('group', { name: 'writer, changed' })).toBeVisible();
  await expect(panel.getByRole('region', { name: 'Differences' }).locator('ins')).toContainText('A poem on');

  await panel.getByRole('radio', { name: 'Named' }).click();
  await panel.getByRole('option', { name: /First draft/ }).click();
  await expect(comparison).toContainText('First draft → Now');
  await expect(comparison.getByRole('status')).toHaveText('1 node removed, 1 node changed, 1 edge removed');
  await expect(comparison.getByRole('group', { name: 'out, removed' })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => [id, nodes.map(({ target }) => target)]),
  ).toEqual([]);
  await panel.getByRole('button', { name: 'Restore this version' }).click();
  await expect(comparison).toBeHidden();
  await expect(canvas.card('out')).toBeVisible();
  await expectSaved(place, path, ({ nodes, edges }) => [nodes.map(({ id }) => id), nodes[1]?.config.prompt, edges.length], [
    ['topic', 'writer', 'out'],
    'About {{ topic.what }}',
    2,
  ]);
  await page.getByRole('button', { name: 'Undo: Restore the version “First draft”' }).click();
  await expect(canvas.card('out')).toHaveCount(0);
  await expectSaved(place, path, ({ nodes }) => nodes[1]?.config.prompt, 'A poem on {{ topic.what }}');
});

test('two windows on one workflow see each other’s edits, and each can undo them', async ({ studio, context }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Draft', draft);
  const other = await context.newPage();
  await other.goto(new URL('/', page.url()).href);
  await untilConnected(other);
  await other.keyboard.press('Control+Shift+E');
  await other.getByRole('complementary', { name: 'Side panel' }).getByRole('button', { name: 'Draft', exact: true }).click();
  await typeIntoTask(other, 'Draft', 'Typed over there');
  const mine = editorCanvas(page, 'Draft');
  await mine.card('writer').click();
  await expect(page.getByRole('complementary', { name: 'Inspector' }).getByRole('textbox', { name: 'Task' })).toContainText(
    'Typed over there',
  );
  await mine.card('out').click();
  await page.keyboard.press('Delete');
  await expect(editorCanvas(other, 'Draft').card('out')).toHaveCount(0);
  const panel = await openHistory(page);
  await expect(panel.getByRole('option').filter({ hasText: 'another window' })).toHaveCount(1);
  await editorCanvas(other, 'Draft').surface.focus();
  await other.keyboard.press('Control+z');
  await expect(mine.card('out')).toBeVisible();
  await expectSaved(place, path, ({ nodes }) => [nodes.length, nodes[1]?.config.prompt], [3, 'Typed over there']);
});

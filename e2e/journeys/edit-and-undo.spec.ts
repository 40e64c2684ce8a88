import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { editorCanvas } from '../screens/canvas.ts';
import { openWorkflow } from '../screens/runs.ts';
import { expectSaved, readWorkflowFile } from '../screens/workflow-file.ts';
import { expect, test } from '../worlds/studio.ts';

const path = 'Draft.heddle.json';
const draft = toDocument(
  {
    topic: { kind: 'input', config: { fields: [{ name: 'what', type: 'string', required: true }] } },
    writer: { kind: 'prompt', config: { model: 'scripted/demo', prompt: 'About {{ topic.what }}' } },
    out: { kind: 'output', config: { name: 'text' } },
  },
  ['topic.what->writer.in', 'writer.text->out.value'],
);

test('a node can be moved and deleted, and each step taken back and done again, on disk too', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Draft', draft);
  const canvas = editorCanvas(page, 'Draft');
  const before = readWorkflowFile(place, path).nodes.map((node) => node.position);
  const free = await canvas.at(0.5, 0.85);
  await canvas.drag(canvas.card('writer'), free);
  await expect.poll(() => readWorkflowFile(place, path).nodes[1]?.position.y).toBeGreaterThan((before[1]?.y ?? 0) + 50);
  await page.keyboard.press('Delete');
  await expect(canvas.card('writer')).toHaveCount(0);
  await expectSaved(place, path, (file) => [file.nodes.length, file.edges.length], [2, 0]);

  await page.keyboard.press('Control+z');
  await expect(canvas.card('writer')).toBeVisible();
  await page.getByRole('button', { name: 'Undo: Move writer' }).click();
  await expectSaved(place, path, (file) => file.nodes.map((node) => node.position), before);
  await page.keyboard.press('Control+Shift+z');
  await page.getByRole('button', { name: 'Redo: Delete writer' }).click();
  await expectSaved(place, path, (file) => file.nodes.map((node) => node.id), ['topic', 'out']);
});

test('nodes are copied as text that other programs can read, and pasted from such text', async ({ studio, context }) => {
  const { page, place } = studio;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openWorkflow(studio, 'Draft', draft);
  const canvas = editorCanvas(page, 'Draft');
  await canvas.surface.focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+c');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('About {{ topic.what }}');
  const text = await page.evaluate(() => navigator.clipboard.readText());
  await page.evaluate((changed) => navigator.clipboard.writeText(changed), text.replace('About', 'Everything about'));
  await page.keyboard.press('Control+v');
  await expectSaved(place, path, (file) => [file.nodes.length, file.edges.length], [6, 4]);
  expect(readWorkflowFile(place, path).nodes[4]?.config.prompt).toBe('Everything about {{ topic2.what }}');
  await page.keyboard.press('Control+z');
  await expectSaved(place, path, (file) => file.nodes.length, 3);
});

test('a node that is called otherwise in expressions takes every reference along', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Draft', draft);
  await editorCanvas(page, 'Draft').card('topic').click();
  const name = page.getByRole('complementary', { name: 'Inspector' }).getByRole('textbox', { name: 'In expressions' });
  await name.fill('writer');
  await expect(page.getByText('Another node is called so.')).toBeVisible();
  await name.fill('subject');
  await name.press('Enter');
  await expectSaved(place, path, (file) => [file.nodes[0]?.id, file.nodes[1]?.config.prompt, file.edges[0]?.from], [
    'subject',
    'About {{ subject.what }}',
    'subject.what',
  ]);
});

test('a problem is counted, leads to its field, and is gone when it is mended; a disabled node is skipped', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Draft', draft);
  const canvas = editorCanvas(page, 'Draft');
  await canvas.card('writer').click();
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await inspector.getByRole('textbox', { name: 'Task' }).fill('About {{ nobody.what }}');
  await expect(page.getByRole('contentinfo')).toContainText('1 problem');
  await expect(canvas.card('writer').getByRole('img', { name: 'has an error' })).toBeVisible();

  await canvas.card('out').click();
  await page
    .getByRole('listbox', { name: 'Problems' })
    .getByRole('option', { name: /nobody/ })
    .click();
  await expect(inspector.getByRole('textbox', { name: 'Task' })).toBeFocused();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Nothing else');
  await expect(page.getByRole('contentinfo')).toContainText('0 problems');

  await canvas.card('writer').click();
  await page.keyboard.press('Shift+D');
  await expect(canvas.card('writer').getByRole('img', { name: 'disabled' })).toBeVisible();
  await expectSaved(place, path, (file) => file.nodes[1]?.disabled, true);
  await page.keyboard.press('Shift+D');
  await expectSaved(place, path, (file) => file.nodes[1]?.disabled, undefined);
});

test('a file that another program changes is shown at once', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Draft', draft);
  rewrite(place.workspace, '"name": "out"', '"name": "Result"');
  await expect(editorCanvas(page, 'Draft').card('Result')).toBeVisible();
});

test('a kind that this build does not know stays visible, can be edited around, and keeps its settings', async ({ studio }) => {
  const { page, place } = studio;
  const unknown: WorkflowDocument['nodes'][number] = {
    id: 'oracle',
    kind: 'oracle',
    name: 'Oracle',
    position: { x: 200, y: 200 },
    config: { depth: 7, rites: ['smoke', 'water'] },
  };
  await openWorkflow(studio, 'Draft', { ...draft, nodes: [...draft.nodes, unknown] });
  const canvas = editorCanvas(page, 'Draft');
  await canvas.card('Oracle').click();
  await expect(page.getByText('This build does not know the kind “oracle”.')).toBeVisible();
  await page.keyboard.press('Shift+ArrowDown');
  await expect.poll(() => readWorkflowFile(place, path).nodes[3]?.position.y).toBeGreaterThan(200);
  expect(readWorkflowFile(place, path).nodes[3]).toMatchObject({ kind: 'oracle', config: unknown.config });
});

function rewrite(workspace: string, from: string, to: string): void {
  const file = join(workspace, path);
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
}

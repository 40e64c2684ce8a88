import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { editorCanvas } from '../screens/canvas.ts';
import { focusTask, openHistory, typeIntoTask } from '../screens/history.ts';
import { openWorkflow } from '../screens/runs.ts';
import { expectSaved, readWorkflowFile } from '../screens/workflow-file.ts';
import { expect, test, untilConnected } from '../worlds/studio.ts';

const path = 'Draft.heddle.json';
const draft = toDocument(
  {
    topic: { kind: 'input', config: { fields: [{ name: 'what', type: 'string', required: true }] } },
    writer: { kind: 'prompt', config: { model: 'scripted/demo', prompt: '' } },
    out: { kind: 'output', config: { name: 'text' } },
  },
  ['topic.what->writer.in', 'writer.text->out.value'],
);

test('a change of the file from outside is put in beside one’s own edits', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Draft', draft);
  await typeIntoTask(page, 'Draft', 'Mine');
  rewrite(place.workspace, '"name": "out"', '"name": "Result"');
  const canvas = editorCanvas(page, 'Draft');
  await expect(canvas.card('Result')).toBeVisible();
  await expectSaved(place, path, ({ nodes }) => [nodes[1]?.config.prompt, nodes[2]?.name], ['Mine', 'Result']);
  const banner = page.getByRole('alert').filter({ hasText: 'The file changed outside' });
  await expect(banner).toContainText('your edits are still there');
  await banner.getByRole('button', { name: 'Show what changed' }).click();
  const comparison = page.getByRole('region', { name: 'Comparison of two versions' });
  await expect(comparison.getByRole('group', { name: 'Result, changed' })).toBeVisible();
  await comparison.getByRole('button', { name: 'Back to editing' }).click();
  await expect((await openHistory(page)).getByRole('option').filter({ hasText: 'outside Heddle' })).toHaveCount(1);
});

test('what was changed outside while the host was away is in the history, and one’s own edits come after it', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Draft', draft);
  await typeIntoTask(page, 'Draft', 'First');
  await expectSaved(place, path, ({ nodes }) => nodes[1]?.config.prompt, 'First');
  // The host is away, so that the edit cannot have reached the file when another program writes it.
  await studio.killHost();
  await expect(page.getByText('No connection to the host for')).toBeVisible();
  await typeIntoTask(page, 'Draft', 'Mine');
  rewrite(place.workspace, '"prompt": "First"', '"prompt": "Theirs"');
  await studio.startHostAgain();
  await untilConnected(page);
  const task = page.getByRole('complementary', { name: 'Inspector' }).getByRole('textbox', { name: 'Task' });
  const panel = await openHistory(page);
  await expect(panel.getByRole('option').filter({ hasText: 'outside Heddle' })).toHaveCount(1);
  await expect(panel.getByRole('option').filter({ hasText: 'this window' })).toHaveCount(2);
  await expect(task).toContainText('Mine');
  await expectSaved(place, path, ({ nodes }) => nodes[1]?.config.prompt, 'Mine');
  await editorCanvas(page, 'Draft').surface.focus();
  await page.keyboard.press('Control+z');
  await expect(task).toContainText('Theirs');
  await expectSaved(place, path, ({ nodes }) => nodes[1]?.config.prompt, 'Theirs');
});

test('a file that cannot be read any more is told of and left alone until the user says otherwise', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Draft', draft);
  await typeIntoTask(page, 'Draft', 'Mine');
  await expectSaved(place, path, ({ nodes }) => nodes[1]?.config.prompt, 'Mine');
  writeFileSync(join(place.workspace, path), '{ <<<<<<< HEAD');
  const banner = page.getByRole('alert').filter({ hasText: 'cannot be read' });
  await expect(banner).toBeVisible();
  await typeIntoTask(page, 'Draft', 'Mine again');
  await expect(page.getByRole('button', { name: /^Undo: / })).toBeEnabled();
  expect(readFileSync(join(place.workspace, path), 'utf8')).toBe('{ <<<<<<< HEAD');
  await banner.getByRole('button', { name: 'Write mine over it' }).click();
  await expect(banner).toBeHidden();
  await expectSaved(place, path, ({ nodes }) => nodes[1]?.config.prompt, 'Mine again');
});

test('kill -9 of the host while somebody types loses nothing', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Draft', draft);
  const task = await focusTask(page, 'Draft');
  const text = 'The quick brown fox jumps over the lazy dog and goes on and on';
  const typing = page.keyboard.type(text, { delay: 60 });
  await expect(task).toContainText('The quick brown');
  await studio.killHost();
  await typing;
  await expect(page.getByText('No connection to the host for')).toBeVisible();
  await expect(task).toContainText(text);
  await studio.startHostAgain();
  await untilConnected(page);
  await expectSaved(place, path, ({ nodes }) => nodes[1]?.config.prompt, text);
  await editorCanvas(page, 'Draft').surface.focus();
  await page.keyboard.press('Control+z');
  await expectSaved(place, path, ({ nodes }) => nodes[1]?.config.prompt, '');
});

test('kill -9 of the window while somebody types loses nothing that is older than a second', async ({ studio, context }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Draft', draft);
  await focusTask(page, 'Draft');
  let typed = '';
  const typedBy: { readonly text: string; readonly atMs: number }[] = [];
  for (const letter of 'The quick brown fox jumps over the lazy dog and goes on and on') {
    await page.keyboard.type(letter, { delay: 40 });
    typed += letter;
    typedBy.push({ text: typed, atMs: Date.now() });
  }
  const killedAtMs = Date.now();
  await crash(page);
  const safe = typedBy.findLast(({ atMs }) => atMs <= killedAtMs - 1_000)?.text ?? '';
  expect(safe.length).toBeGreaterThan(10);
  await expect.poll(() => String(readWorkflowFile(place, path).nodes[1]?.config.prompt)).toContain(safe);

  const again = await context.newPage();
  await again.goto(studio.host.pageUrl);
  await untilConnected(again);
  await again.keyboard.press('Control+Shift+E');
  await again.getByRole('complementary', { name: 'Side panel' }).getByRole('button', { name: 'Draft', exact: true }).click();
  await editorCanvas(again, 'Draft').card('writer').click();
  await expect(again.getByRole('complementary', { name: 'Inspector' }).getByRole('textbox', { name: 'Task' })).toContainText(safe);
});

/** Ends the process of a page as a crash does: nothing in it runs any more. */
async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash');
  const session = await page.context().newCDPSession(page);
  session.send('Page.crash').catch(() => undefined);
  await crashed;
}

function rewrite(workspace: string, from: string, to: string): void {
  const file = join(workspace, path);
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
}

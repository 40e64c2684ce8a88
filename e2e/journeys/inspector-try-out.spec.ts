import type { Page } from '@playwright/test';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { editorCanvas, runCanvas } from '../screens/canvas.ts';
import { openWorkflow } from '../screens/runs.ts';
import { toPlaced } from '../worlds/placed.ts';
import { expect, test } from '../worlds/studio.ts';

const echo = { version: 1, rules: [{ do: { say: 'did {{ request.lastUser }}' } }] };

const brief = toPlaced(
  toDocument(
    {
      given: { kind: 'input', config: { fields: [{ name: 'topic', type: 'string', default: 'looms' }] } },
      research: { kind: 'prompt', config: { model: 'scripted/echo', prompt: 'find {{ given.topic }}' } },
      which: { kind: 'branch', config: { cases: [{ name: 'long', when: 'inputs.in.size() > 5' }] } },
      write: { kind: 'prompt', config: { model: 'scripted/echo', prompt: 'write {{ research.text }}' } },
      text: { kind: 'output', config: { name: 'text' } },
    },
    ['given.topic->research.in', 'research.text->which.in', 'which.long->write.in', 'write.text->text.value'],
  ),
);

const inspectorOf = (page: Page) => page.getByRole('complementary', { name: 'Inspector' });

test('prompts, conditions and hooks are tried with what the last run recorded, while they are written', async ({ studio }) => {
  test.setTimeout(120_000);
  const { page, place } = studio;
  place.write('scripts/echo.script.json', echo);
  await openWorkflow(studio, 'Brief', brief);
  const canvas = editorCanvas(page, 'Brief');
  const inspector = inspectorOf(page);

  await test.step('before any run there is an estimate of tokens, and no values', async () => {
    await canvas.card('write').click();
    await expect(inspector.getByText('about 2 tokens, without the values. Run it once to see them here.')).toBeVisible();
  });

  await page.keyboard.press('F5');
  await expect(runCanvas(page, 'Brief').card('text')).toContainText('ms');
  await page.getByRole('tab', { name: 'Brief', exact: true }).click();

  await test.step('a prompt is shown with its values, and what is missing is named', async () => {
    await canvas.card('write').click();
    const preview = inspector.getByRole('region', { name: 'Preview' });
    await expect(preview).toHaveText('write did find looms');
    const prompt = inspector.getByLabel('Task', { exact: true });
    await prompt.fill('write {{ research.text }} for {{ given.reader }}');
    await expect(preview).toHaveText('write did find looms for {{ given.reader }}');
    await expect(inspector.getByText('Nothing is known of given.reader.')).toBeVisible();
  });

  await test.step('a condition says true, false, or why it fails', async () => {
    await canvas.card('which').click();
    const condition = inspector.getByLabel('When long is taken');
    await expect(inspector.getByText(/^with run #/)).toBeVisible();
    await expect(inspector.getByText('true', { exact: true })).toBeVisible();
    await condition.fill('inputs.in.size() > 500');
    await expect(inspector.getByText('false', { exact: true })).toBeVisible();
    await condition.fill('inputs.in > 5');
    await expect(inspector.getByText(/^With run #.*: /)).toBeVisible();
  });

  await test.step('a hook knows what it would have been told, and Ctrl Z takes back one that was just added', async () => {
    await canvas.surface.click({ position: { x: 30, y: 30 } });
    const hooks = inspector.getByRole('region', { name: 'Hooks' });
    await hooks.getByRole('button', { name: 'Add hook' }).click();
    await page.getByRole('menuitem', { name: 'Before a node' }).click();
    const when = hooks.getByLabel('Only when');
    await when.fill('node.kind == "input"');
    await expect(hooks.getByText('true', { exact: true })).toBeVisible();
    await hooks.getByRole('button', { name: 'Add hook' }).click();
    await page.getByRole('menuitem', { name: 'On an error' }).click();
    await expect(hooks.getByRole('listitem')).toHaveCount(2);
    await expect(hooks.getByLabel('Name')).toBeFocused();
    await page.keyboard.press('Control+Z');
    await expect(hooks.getByRole('listitem')).toHaveCount(1);
  });
});

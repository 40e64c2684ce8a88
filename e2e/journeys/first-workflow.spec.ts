import type { Page } from '@playwright/test';
import { dragTo, editorCanvas, runCanvas } from '../screens/canvas.ts';
import { runScreen } from '../screens/run-view.ts';
import { expectSaved, readWorkflowFile } from '../screens/workflow-file.ts';
import { expect, type Studio, test } from '../worlds/studio.ts';

const path = 'Three questions.heddle.json';
/** Slow enough that a person, and a test, can see it arrive. */
const slowAnswer = {
  version: 1,
  rules: [{ do: { say: 'Which moss? Which stone? {{ request.lastUser }}', pace: { charsPerSecond: 8 } } }],
};

test('a person who has read only the README draws four nodes from nothing, and runs them', async ({ studio }) => {
  const { page, place } = studio;
  place.write('scripts/slow.script.json', slowAnswer);
  await page.keyboard.press('Alt+n');
  const naming = page.getByRole('dialog', { name: 'New workflow' });
  await naming.getByRole('textbox', { name: 'Name' }).fill('Three questions');
  await expect(naming.getByText(path)).toBeVisible();
  await naming.getByRole('button', { name: 'Create' }).click();

  const canvas = editorCanvas(page, 'Three questions');
  const start = await canvas.at(0.12, 0.25);
  await page.mouse.dblclick(start.x, start.y);
  await page.getByRole('dialog', { name: 'Add a node' }).getByRole('combobox').fill('input');
  await page.keyboard.press('Enter');
  await expect(canvas.card('Input')).toBeVisible();
  await expectSaved(place, path, (file) => file.nodes.map((node) => node.kind), ['input']);

  await canvas.drag(canvas.port('Input', 'output topic'), await canvas.at(0.4, 0.25));
  await chooseKind(page, 'Prompt');
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  const task = inspector.getByRole('textbox', { name: 'Task' });
  await task.fill('');
  await task.pressSequentially('Three questions about {{');
  await expect(page.getByRole('listbox', { name: 'Names that can be used' }).getByRole('option', { name: /^input\.topic/ })).toBeVisible();
  await task.pressSequentially(' input.to');
  await task.press('Enter');
  await expect(task).toHaveValue('Three questions about {{ input.topic }}');
  await inspector.getByRole('combobox', { name: 'Model' }).fill('scripted/slow');
  await page.keyboard.press('Escape');

  await canvas.drag(canvas.port('Prompt', 'output text'), await canvas.at(0.8, 0.25));
  await chooseKind(page, 'Output');
  const below = await canvas.at(0.5, 0.75);
  await page.mouse.dblclick(below.x, below.y);
  await page.getByRole('dialog', { name: 'Add a node' }).getByRole('combobox').fill('approval');
  await page.keyboard.press('Enter');
  await canvas.drag(canvas.card('Approval'), await canvas.between('Prompt', 'Output'));
  await expectSaved(place, path, (file) => file.edges, [
    { from: 'input.topic', to: 'prompt.in' },
    { from: 'prompt.text', to: 'approval.in' },
    { from: 'approval.approved', to: 'output.value' },
  ]);

  await dragTo(page, canvas.port('Approval', 'output denied'), canvas.port('Prompt', 'input in'), false);
  await expect(
    canvas.surface.getByRole('status').filter({ hasText: 'Does not fit: it would close a cycle: prompt → approval → prompt.' }),
  ).toBeVisible();
  await page.mouse.up();
  expect(readWorkflowFile(place, path).edges).toHaveLength(3);
  await expect(page.getByRole('contentinfo').getByText('0 problems')).toBeVisible();

  await runIt(studio);
});

test('the same by keyboard alone', async ({ studio }) => {
  const { page, place } = studio;
  place.write('scripts/slow.script.json', slowAnswer);
  await page.keyboard.press('Alt+n');
  await page.keyboard.type('Three questions');
  await page.keyboard.press('Enter');
  const canvas = editorCanvas(page, 'Three questions');
  await tabTo(page, 'Canvas of Three questions');

  await page.keyboard.press('i');
  await expect(canvas.card('Input')).toBeVisible();
  for (const kind of ['Prompt', 'Approval', 'Output']) {
    await page.keyboard.press('n');
    await page.getByRole('dialog', { name: 'Add a node and connect it' }).waitFor();
    await page.keyboard.type(kind);
    await page.keyboard.press('Enter');
    await expect(canvas.card(kind)).toBeVisible();
  }
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByText('Prompt, Prompt, demo')).toBeAttached();
  await page.keyboard.press('Enter');
  await tabTo(page, 'Task');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Three questions about {{ input.to');
  await page.keyboard.press('Enter');
  await tabTo(page, 'Model', true);
  await page.keyboard.type('scripted/slow');
  await page.keyboard.press('Escape');
  await expectSaved(place, path, (file) => [file.edges.length, file.nodes[1]?.config.prompt, file.nodes[1]?.config.model], [
    3,
    'Three questions about {{ input.topic }}',
    'scripted/slow',
  ]);

  await page.keyboard.press('F5');
  await page.getByRole('dialog', { name: 'Run Three questions' }).waitFor();
  await page.keyboard.type('moss');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('button', { name: 'Approvals, 1 question for you' }).waitFor();
  await page.keyboard.press('Control+Shift+A');
  await expect(page.getByRole('article', { name: 'Go on?' })).toBeFocused();
  await page.keyboard.press('a');
  await expect(page.getByText('Nothing waits for you').first()).toBeVisible();
  await page.keyboard.press('Alt+PageUp');
  await expect(runScreen(page, 'Three questions').status('succeeded')).toBeVisible();
});

async function chooseKind(page: Page, kind: string): Promise<void> {
  const search = page.getByRole('dialog', { name: 'Add a node and connect it' });
  await search.getByRole('option', { name: kind }).click();
}

async function runIt({ page }: Studio): Promise<void> {
  await page.keyboard.press('F5');
  const form = page.getByRole('dialog', { name: 'Run Three questions' });
  await form.getByRole('textbox', { name: 'topic (required)' }).fill('moss');
  await form.getByRole('button', { name: 'Run' }).click();

  const canvas = runCanvas(page, 'Three questions');
  await expect(canvas.card('Prompt')).toContainText('running');
  await expect(canvas.card('Prompt')).toContainText('Which mo');
  await expect(canvas.card('Approval')).toContainText('waits for you');
  await page.getByRole('button', { name: 'Approvals, 1 question for you' }).click();
  await page
    .getByRole('article', { name: 'Go on?' })
    .getByRole('button', { name: /^Approve/ })
    .click();
  await page
    .getByRole('tab', { name: /^Three questions/ })
    .last()
    .click();
  await expect(canvas.card('Output')).toContainText('succeeded');
  await page.getByRole('tab', { name: 'Output' }).click();
  await expect(page.getByRole('region', { name: 'Bottom panel' })).toContainText('Which moss? Which stone? Three questions about moss');
}

/** Presses Tab until the focus is where it should go; a person would do the same. */
async function tabTo(page: Page, name: string, isBackwards = false): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      const label = element?.id ? document.querySelector(`label[for="${element.id}"]`)?.textContent : null;
      return element?.getAttribute('aria-label') ?? label ?? '';
    });
    if (focused === name) return;
    await page.keyboard.press(isBackwards ? 'Shift+Tab' : 'Tab');
  }
  throw new Error(`Tab never came to “${name}”`);
}

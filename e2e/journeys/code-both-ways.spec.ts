import AxeBuilder from '@axe-core/playwright';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { editorCanvas } from '../screens/canvas.ts';
import { openCode } from '../screens/code.ts';
import { openWorkflow } from '../screens/runs.ts';
import { expectSaved, readWorkflowFile } from '../screens/workflow-file.ts';
import { expect, test } from '../worlds/studio.ts';

// Editors load their languages with their first use, and axe looks at everything twice.
test.slow();

const path = 'Draft.heddle.json';
const draft = toDocument(
  {
    topic: { kind: 'input', config: { fields: [{ name: 'what', type: 'string' }] } },
    writer: { kind: 'prompt', config: { model: 'scripted/demo', prompt: 'About {{ topic.what }}' } },
    out: { kind: 'output', config: { name: 'text' } },
  },
  ['topic.what->writer.in', 'writer.text->out.value'],
);

test('what is typed as YAML is on the canvas and on disk; cards stay where they are, and comments stay in every form', async ({
  studio,
}) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Draft', draft);
  const canvas = editorCanvas(page, 'Draft');
  const before = readWorkflowFile(place, path).nodes.map((node) => node.position);
  const code = await openCode(page);
  await code.shows('prompt: About {{ topic.what }}');
  await code.replace(
    '  - id: writer\n    kind: prompt\n    name: writer',
    '  # Says what it knows.\n  - id: writer\n    kind: prompt\n    name: Author # renamed',
  );
  await expect(canvas.card('Author')).toBeVisible();
  await code.replace('edges:\n', '  - id: review\n    kind: approval\nedges:\n  - { from: writer.text, to: review.in }\n');
  await expect(canvas.card('Review')).toBeVisible();
  await expectSaved(place, path, (file) => file.nodes.length, 4);
  expect(
    readWorkflowFile(place, path)
      .nodes.slice(0, 3)
      .map((node) => node.position),
  ).toEqual(before);
  const placed = readWorkflowFile(place, path).nodes[3];
  expect(placed?.position.x).toBeGreaterThan(before[1]?.x ?? 0);

  await code.choose('TypeScript');
  await code.shows('// Says what it knows.');
  await code.shows('// renamed');
  await canvas.surface.focus();
  await canvas.card('topic').click();
  await page.keyboard.press('Shift+d');
  await code.shows('disabled: true');
  await code.shows('// Says what it knows.');
  await code.choose('JSON');
  await code.shows('// Says what it knows.');
});

test('what is done on the canvas is in the TypeScript, and what is typed there on the canvas', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Draft', draft);
  const canvas = editorCanvas(page, 'Draft');
  const code = await openCode(page);
  await code.choose('TypeScript');
  await code.shows(".output('out', { deps: ['writer'], name: 'text' }");
  await canvas.card('writer').click();
  await page.keyboard.press('Delete');
  await expect.poll(code.text).not.toContain('writer');
  await page.keyboard.press('Control+z');
  await code.shows(".prompt('writer'");

  await code.replace("name: 'text' }", "name: 'story' }");
  await expectSaved(place, path, (file) => file.nodes[2]?.config, { name: 'story' });
  // The code computes: it runs in the host's sandbox, and the canvas shows what it builds.
  await code.fill(`import { workflow } from 'heddle';

const steps: string[] = ['plan', 'write'];
const flow = workflow('Draft').input('topic', { fields: [{ name: 'what', type: 'string' }] });
for (const step of steps) flow.task(step, { deps: ['topic.what'] });
export default flow;
`);
  await expect(canvas.card('Plan')).toBeVisible();
  await expect(canvas.card('Write')).toBeVisible();
  await expect(code.panel.getByText('This code computes its workflow.')).toBeVisible();
  await expectSaved(place, path, (file) => file.nodes.map((node) => node.id), ['topic', 'plan', 'write']);
});

test('a text that cannot be read says where and leaves the canvas alone; undo goes across both sides', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Draft', draft);
  const canvas = editorCanvas(page, 'Draft');
  const code = await openCode(page);
  await code.replace('kind: prompt', 'kind: [prompt');
  await expect(code.panel.getByText('The code cannot be read; the canvas keeps the last workflow that could.')).toBeVisible();
  await expect(code.panel.locator('.squiggly-error')).not.toHaveCount(0);
  await expect(canvas.card('writer')).toBeVisible();
  await code.panel.getByRole('button', { name: 'Discard' }).click();
  await code.shows('kind: prompt');
  await expect(code.panel.getByText('The code cannot be read')).toHaveCount(0);
  await code.replace('kind: prompt', 'kind: 7');
  await expect(code.panel.getByText('“kind”')).toBeVisible();
  await code.panel.getByRole('button', { name: 'Discard' }).click();

  await code.replace('name: writer', 'name: Author');
  await expect(canvas.card('Author')).toBeVisible();
  await canvas.card('Author').click();
  await page.keyboard.press('Shift+d');
  await code.shows('disabled: true');
  await code.field.focus();
  await page.keyboard.press('Control+z');
  await expect.poll(code.text).not.toContain('disabled');
  await page.keyboard.press('Control+z');
  await code.shows('name: writer');
  await expect(canvas.card('writer')).toBeVisible();
  await page.keyboard.press('Control+Shift+z');
  await expect(canvas.card('Author')).toBeVisible();
  await expectSaved(place, path, (file) => file.nodes[1]?.name, 'Author');
});

test('cursor and cards go together, and the schema completes', async ({ studio }) => {
  const { page } = studio;
  await openWorkflow(studio, 'Draft', draft);
  const canvas = editorCanvas(page, 'Draft');
  const code = await openCode(page);
  await canvas.card('out').click();
  await expect(code.panel.locator('.heddle-code-selected')).not.toHaveCount(0);
  await code.panel.locator('.view-line', { hasText: 'About' }).click();
  await expect(canvas.said).toContainText('writer');

  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.keyboard.insertText('temp');
  await page.keyboard.press('Control+Space');
  const suggestions = page.locator('.suggest-widget');
  await expect(suggestions.getByText('temperature')).toBeVisible();
  await page.keyboard.press('Enter');
  await code.shows('temperature: ');
  await page.keyboard.insertText('0.5');
  await code.shows('temperature: 0.5');
});

test('the code opens and closes by its key, and is read aloud, in the dark and in the light', async ({ studio }) => {
  const { page } = studio;
  await openWorkflow(studio, 'Draft', draft);
  const code = await openCode(page);
  await code.shows('kind: prompt');
  for (const theme of ['dark', 'light'] as const) {
    await page.evaluate((name) => {
      document.documentElement.dataset.theme = name;
    }, theme);
    const found = await new AxeBuilder({ page }).include('section[aria-label="Code"]').analyze();
    expect(found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  }
  await code.field.focus();
  await page.keyboard.press('Alt+c');
  await expect(code.panel).toHaveCount(0);
});

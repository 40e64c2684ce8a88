import { toDocument } from '../../tests/support/workflow-builder.ts';
import { editorCanvas } from '../screens/canvas.ts';
import { openWorkflow } from '../screens/runs.ts';
import { expectSaved } from '../screens/workflow-file.ts';
import { expect, test } from '../worlds/studio.ts';

const path = 'Essay.heddle.json';
const essay = toDocument(
  {
    brief: { kind: 'input', config: { fields: [{ name: 'topic', type: 'string', required: true }] } },
    research: { kind: 'prompt', config: { model: 'scripted/demo', prompt: 'Look up {{ brief.topic }}' } },
    write: { kind: 'prompt', config: { model: 'scripted/demo', prompt: 'Write of {{ brief.topic }} with {{ research.text }}' } },
    result: { kind: 'output', config: { name: 'essay' } },
  },
  ['brief.topic->research.in', 'research.text->write.in', 'write.text->result.value'],
);

test.setTimeout(120_000);

test('nodes are grouped, named, coloured, moved as one and ungrouped', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Essay', essay);
  const canvas = editorCanvas(page, 'Essay');
  await canvas.card('research').click();
  await canvas.card('write').click({ modifiers: ['Shift'] });
  await page.keyboard.press('Control+g');
  const dialog = page.getByRole('dialog', { name: 'Name the group' });
  await dialog.getByRole('textbox', { name: 'Title' }).fill('Drafting');
  await page.keyboard.press('Enter');
  await expectSaved(place, path, ({ groups }) => groups, [{ id: 'group', title: 'Drafting', nodes: ['research', 'write'] }]);

  const title = canvas.surface.getByRole('button', { name: 'Group Drafting' });
  await title.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Colour' }).hover();
  await page.getByRole('menuitem', { name: 'Green' }).click();
  await expectSaved(place, path, ({ groups }) => groups?.[0]?.colour, 'green');

  await canvas.drag(title, await canvas.at(0.4, 0.85));
  await expectSaved(place, path, ({ nodes }) => nodes.map(({ position }) => position.y > 0), [false, true, true, false]);
  await page.keyboard.press('Control+z');
  await expectSaved(place, path, ({ nodes }) => nodes.map(({ position }) => position.y), [0, 0, 0, 0]);

  await title.click();
  await page.keyboard.press('Control+Shift+g');
  await expect(title).toHaveCount(0);
  await expectSaved(place, path, ({ groups }) => groups ?? null, null);
});

test('by keyboard alone, a locked node is neither moved nor deleted nor edited until it is unlocked', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Essay', essay);
  const canvas = editorCanvas(page, 'Essay');
  await canvas.surface.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText('research, Prompt')).toBeAttached();
  await page.keyboard.press('Shift+K');
  await expect(canvas.card('research').getByLabel('locked')).toBeVisible();
  await expect(page.getByText('Locked: it cannot be moved, changed or deleted.')).toBeVisible();
  await page.keyboard.press('Delete');
  await expect(page.getByText('“research” is locked. Unlock it first.')).toBeVisible();
  await expect(page.getByRole('complementary', { name: 'Inspector' }).getByRole('textbox', { name: 'Name', exact: true })).toHaveAttribute(
    'readonly',
    '',
  );
  await expectSaved(place, path, ({ nodes }) => [nodes.length, nodes[1]?.locked], [4, true]);
  await page.keyboard.press('Shift+K');
  await page.keyboard.press('Delete');
  await expectSaved(place, path, ({ nodes }) => nodes.map(({ id }) => id), ['brief', 'write', 'result']);
});

test('nodes are lined up and spread evenly, each as one step', async ({ studio }) => {
  const { page, place } = studio;
  const crooked = {
    ...essay,
    nodes: essay.nodes.map((node, index) => ({ ...node, position: { x: [0, 300, 480, 900][index] as number, y: index * 40 } })),
  };
  await openWorkflow(studio, 'Essay', crooked);
  const canvas = editorCanvas(page, 'Essay');
  await canvas.surface.focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Alt+Shift+ArrowUp');
  await expectSaved(place, path, ({ nodes }) => nodes.map(({ position }) => position.y), [0, 0, 0, 0]);
  await canvas.card('write').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Align' }).hover();
  await page.getByRole('menuitem', { name: 'Distribute horizontally' }).click();
  await expectSaved(place, path, ({ nodes }) => nodes.map(({ position }) => position.x), [0, 300, 600, 900]);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expectSaved(place, path, ({ nodes }) => nodes.map(({ position: { x, y } }) => [x, y]), [
    [0, 0],
    [300, 40],
    [480, 80],
    [900, 120],
  ]);
});

test('by keyboard alone, a node becomes another kind and keeps what fits', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Essay', essay);
  const canvas = editorCanvas(page, 'Essay');
  await canvas.card('write').click();
  await page.keyboard.press('Shift+R');
  await expect(page.getByRole('dialog', { name: 'Replace with another kind' })).toBeVisible();
  await page.keyboard.type('agent');
  await page.keyboard.press('Enter');
  await expectSaved(place, path, ({ nodes, edges }) => [nodes[2]?.kind, nodes[2]?.name, nodes[2]?.config.prompt, edges.length], [
    'agent',
    'write',
    'Write of {{ brief.topic }} with {{ research.text }}',
    3,
  ]);
  await page.keyboard.press('Control+z');
  await expectSaved(place, path, ({ nodes }) => nodes[2]?.kind, 'prompt');
});

test('a node is renamed with everything that speaks of it', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Essay', essay);
  const canvas = editorCanvas(page, 'Essay');
  await canvas.card('brief').click();
  await page.keyboard.press('F2');
  const dialog = page.getByRole('dialog', { name: 'Rename brief' });
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Order');
  await expect(dialog.getByText('3 places speak of it and follow.')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'In expressions' }).fill('order');
  await page.keyboard.press('Enter');
  await expect(page.getByText('3 places that speak of it followed.')).toBeVisible();
  await expectSaved(place, path, ({ nodes, edges }) => [nodes[0]?.id, nodes[0]?.name, nodes[2]?.config.prompt, edges[0]?.from], [
    'order',
    'Order',
    'Write of {{ order.topic }} with {{ research.text }}',
    'order.topic',
  ]);
});

test('a note is written on the canvas, in Markdown', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Essay', essay);
  const canvas = editorCanvas(page, 'Essay');
  await canvas.surface.focus();
  await page.keyboard.press('y');
  await expect(canvas.card('Note')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(canvas.surface.getByRole('textbox', { name: 'Text of the note' })).toBeFocused();
  await page.keyboard.type('# To do\nAsk Ada.');
  await page.keyboard.press('Escape');
  await expect(canvas.surface.getByRole('heading', { name: 'To do' })).toBeVisible();
  await expectSaved(place, path, ({ nodes }) => nodes[4]?.config.text, '# To do\nAsk Ada.');
  await page.keyboard.press('Control+z');
  await expect(canvas.card('Note').getByText('An empty note. Double-click to write.')).toBeVisible();
});

import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { type Canvas, editorCanvas } from '../screens/canvas.ts';
import { openWorkflow } from '../screens/runs.ts';
import { expect, test } from '../worlds/studio.ts';

test('cards are arranged in columns in the order in which they stood, and a second time changes nothing', async ({ studio }) => {
  const { page } = studio;
  await openWorkflow(studio, 'Fan', toFan());
  const canvas = editorCanvas(page, 'Fan');
  await canvas.surface.focus();
  await page.keyboard.press('Shift+L');
  await expect(page.getByRole('button', { name: 'Undo: Arrange' })).toBeVisible();
  const [start, one, two, three] = [
    await placeOf(canvas, 'Start'),
    await placeOf(canvas, 'One'),
    await placeOf(canvas, 'Two'),
    await placeOf(canvas, 'Three'),
  ];
  expect(start.x).toBeLessThan(three.x);
  expect([one.x, two.x]).toEqual([three.x, three.x]);
  expect(three.y).toBeLessThan(one.y);
  expect(one.y).toBeLessThan(two.y);
  await page.keyboard.press('Shift+L');
  await expect(page.getByText('Everything is in order already.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Undo: Arrange' })).toBeVisible();
});

test('of a selection only its own cards are arranged, where they stand', async ({ studio }) => {
  const { page } = studio;
  await openWorkflow(studio, 'Fan', toFan());
  const canvas = editorCanvas(page, 'Fan');
  const before = { start: await placeOf(canvas, 'Start'), two: await placeOf(canvas, 'Two') };
  await canvas.card('Start').click();
  await canvas.card('One').click({ modifiers: ['Shift'] });
  await expect(canvas.said).toHaveText('2 nodes selected');
  await page.keyboard.press('Alt+Shift+L');
  await expect(page.getByRole('button', { name: 'Undo: Arrange' })).toBeVisible();
  const one = await placeOf(canvas, 'One');
  const start = await placeOf(canvas, 'Start');
  expect(one.y).toBe(start.y);
  expect(start.x).toBe(before.start.x);
  expect(await placeOf(canvas, 'Two')).toEqual(before.two);
});

test('a card that is dragged snaps to those it comes to stand in line with, and lines say so', async ({ studio }) => {
  const { page } = studio;
  await openWorkflow(studio, 'Fan', toFan());
  const canvas = editorCanvas(page, 'Fan');
  await canvas.surface.focus();
  const guides = canvas.surface.locator('.heddle-guide');
  const start = await canvas.toPixels({ x: 0 + 92, y: 300 + 50 });
  // Three stands 10 above the canvas's zero; the grid lies at 8 above it.
  const goal = await canvas.toPixels({ x: 200 + 92, y: -7 + 50 });
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  // A drag begins with a small movement, by which the card stays behind.
  await page.mouse.move(start.x + 2, start.y - 2);
  await page.mouse.move(goal.x, goal.y, { steps: 6 });
  await expect(guides.first()).toBeAttached();
  await page.mouse.up();
  await expect(guides).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Undo: Move Start' })).toBeVisible();
  expect((await placeOf(canvas, 'Start')).y).toBe((await placeOf(canvas, 'Three')).y);
});

test('a press on the overview brings that part of the canvas into view', async ({ studio }) => {
  const { page } = studio;
  await openWorkflow(studio, 'Fan', toFan());
  const canvas = editorCanvas(page, 'Fan');
  await canvas.surface.focus();
  const overview = canvas.surface.getByRole('img', { name: 'Overview of the canvas' });
  await expect(overview).toBeVisible();
  const before = await canvas.toPixels({ x: 0, y: 0 });
  await overview.click({ position: { x: 20, y: 20 } });
  await expect.poll(async () => (await canvas.toPixels({ x: 0, y: 0 })).x).toBeGreaterThan(before.x + 50);
});

/** Where a card stands, to the pixel. */
async function placeOf(canvas: Canvas, name: string): Promise<{ readonly x: number; readonly y: number }> {
  const box = await canvas.card(name).boundingBox();
  if (box === null) throw new Error(`${name} is not on the screen`);
  return { x: Math.round(box.x), y: Math.round(box.y) };
}

/** One node that leads to three, which stand about: the third above the first above the second. */
function toFan(): WorkflowDocument {
  const at = (id: string, name: string, x: number, y: number): WorkflowDocument['nodes'][number] => ({
    id,
    kind: 'transform',
    name,
    position: { x, y },
    config: { expression: 'inputs.in', outputType: 'any' },
  });
  const nodes = [at('start', 'Start', 0, 300), at('one', 'One', 480, 200), at('two', 'Two', 420, 420), at('three', 'Three', 640, -10)];
  const edges = ['one', 'two', 'three'].map((id) => ({ from: { node: 'start', port: 'value' }, to: { node: id, port: 'in' } }));
  return { schemaVersion: 1, name: 'Fan', nodes, edges };
}

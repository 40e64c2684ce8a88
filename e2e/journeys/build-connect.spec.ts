import { toDocument } from '../../tests/support/workflow-builder.ts';
import { editorCanvas } from '../screens/canvas.ts';
import { openWorkflow } from '../screens/runs.ts';
import { expectSaved } from '../screens/workflow-file.ts';
import { expect, test } from '../worlds/studio.ts';

const path = 'Types.heddle.json';
const close = toDocument(
  {
    brief: { kind: 'input', config: { fields: [{ name: 'items', type: 'array', required: true }] } },
    say: {
      kind: 'code',
      config: { inputs: [{ name: 'text', type: 'string', required: true }], outputs: [{ name: 'size', type: 'number', required: true }] },
    },
    result: { kind: 'output', config: { name: 'size' } },
  },
  ['say.size->result.value'],
);
/** With room for the edges to be seen. */
const types = { ...close, nodes: close.nodes.map((node, index) => ({ ...node, position: { x: index * 320, y: 0 } })) };

test.setTimeout(120_000);

test('a connection that does not fit says why, and a transform with the right expression makes it fit', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Types', {
    ...types,
    nodes: types.nodes.map((node, index) => ({ ...node, position: { x: index * 320, y: 0 } })),
  });
  const canvas = editorCanvas(page, 'Types');
  await canvas.drag(canvas.port('brief', 'output items'), canvas.port('say', 'input text'));
  const note = page.getByRole('alertdialog', { name: 'This connection does not fit' });
  await expect(note).toContainText('Does not fit: it is a list, but a text is needed.');
  await expect(note).toContainText('A transform would fit: it takes its first item.');
  await note.getByRole('button', { name: 'Insert a transform' }).click();
  await expectSaved(place, path, ({ nodes, edges }) => [nodes[3]?.kind, nodes[3]?.config, edges.map(({ from, to }) => `${from} ${to}`)], [
    'transform',
    { expression: 'brief.items[0]', outputType: 'string' },
    ['say.size result.value', 'brief.items transform.in', 'transform.value say.text'],
  ]);
  await page.keyboard.press('Control+z');
  await expectSaved(place, path, ({ nodes, edges }) => [nodes.length, edges.length], [3, 1]);
});

test('by keyboard alone, nodes are connected, through a transform where that helps, and an edge takes a node in', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Types', types);
  const canvas = editorCanvas(page, 'Types');
  await canvas.surface.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+C');
  await expect(page.getByRole('combobox', { name: 'Connect brief to' })).toBeFocused();
  await page.keyboard.type('say');
  await expect(page.getByRole('listbox', { name: 'Connections' }).getByRole('option', { name: /^say/ })).toContainText(
    'through a transform that takes its first item',
  );
  await page.keyboard.press('Enter');
  await expect(canvas.card('Transform')).toBeVisible();
  await expectSaved(place, path, ({ edges }) => edges.length, 3);

  await page.keyboard.press('Shift+E');
  await page.keyboard.press('Shift+N');
  const search = page.getByRole('dialog', { name: 'Insert a node into the edge' });
  await expect(search).toBeVisible();
  await page.keyboard.type('delay');
  await page.keyboard.press('Enter');
  await expect(canvas.card('Delay')).toBeVisible();
  await expectSaved(place, path, ({ edges }) => edges.map(({ from, to }) => `${from} ${to}`), [
    'say.size result.value',
    'transform.value say.text',
    'brief.items delay.in',
    'delay.value transform.in',
  ]);
});

test('menus open on nodes, edges, groups and the canvas, by the other button and by key, and say the keys', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Types', types);
  const canvas = editorCanvas(page, 'Types');
  await canvas.card('say').click({ button: 'right' });
  const menu = page.getByRole('menu');
  await expect(menu.getByRole('menuitem', { name: 'Rename' })).toContainText('F2');
  await menu.getByRole('menuitem', { name: 'Disable' }).click();
  await expectSaved(place, path, ({ nodes }) => nodes[1]?.disabled, true);

  const between = await canvas.between('say', 'result');
  await page.mouse.click(between.x, between.y, { button: 'right' });
  await menu.getByRole('menuitem', { name: 'Label' }).click();
  await page.getByRole('dialog', { name: 'Label the edge' }).getByRole('textbox', { name: 'Label' }).fill('how long');
  await page.keyboard.press('Enter');
  await expectSaved(place, path, ({ edges }) => edges[0]?.label, 'how long');

  const free = await canvas.at(0.5, 0.9);
  await page.mouse.click(free.x, free.y, { button: 'right' });
  await menu.getByRole('menuitem', { name: 'Select all' }).click();
  await page.keyboard.press('Shift+F10');
  await expect(menu.getByRole('menuitem', { name: 'Group' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(menu).toHaveCount(0);
  await expect(canvas.surface).toBeFocused();
  await page.keyboard.press('Shift+F10');
  await menu.getByRole('menuitem', { name: 'Group' }).click();
  await page.keyboard.press('Enter');
  await expectSaved(place, path, ({ groups }) => groups?.[0]?.nodes, ['brief', 'say', 'result']);
});

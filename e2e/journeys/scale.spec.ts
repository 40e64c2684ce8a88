import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { editorCanvas } from '../screens/canvas.ts';
import { openWorkflow } from '../screens/runs.ts';
import { expect, test } from '../worlds/studio.ts';

for (const count of [50, 1_000]) {
  test(`a workflow of ${count} nodes opens, fits, and can be moved about`, async ({ studio }) => {
    const { page } = studio;
    await openWorkflow(studio, 'Wide', toWide(count));
    const canvas = editorCanvas(page, 'Wide');
    await expect(canvas.cards).toHaveCount(count);
    await canvas.surface.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('2');
    const first = canvas.card('Step 1');
    await expect(first).toContainText('inputs.in');
    await expect.poll(() => canvas.cards.count()).toBeLessThan(Math.min(count, 80));

    const from = await canvas.at(0.5, 0.8);
    const before = await first.boundingBox();
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x - 60, from.y - 90, { steps: 6 });
    await page.mouse.up();
    const moved = async () => {
      const after = await first.boundingBox();
      return [Math.round((after?.x ?? 0) - (before?.x ?? 0)), Math.round((after?.y ?? 0) - (before?.y ?? 0))];
    };
    await expect.poll(moved).toEqual([-60, -90]);

    await page.keyboard.press('Control+f');
    await page.getByRole('combobox', { name: /find/i }).fill(`Step ${count}`);
    await page.keyboard.press('Enter');
    await expect(canvas.card(`Step ${count}`)).toBeInViewport();
  });
}

test('a thousand runs are in the list, and any of them is found', async ({ studio }) => {
  test.setTimeout(120_000);
  const { page, host } = studio;
  const document: WorkflowDocument = {
    ...toDocument({ one: { kind: 'input', config: { fields: [] } } }, []),
    name: 'Small',
  };
  const start = () => host.api.run.start({ source: { type: 'document', document } });
  for (let batch = 0; batch < 20; batch += 1) await Promise.all(Array.from({ length: 50 }, start));
  await page.keyboard.press('Control+Shift+U');
  const list = page.getByRole('listbox', { name: 'Runs' });
  await expect(list.getByRole('option').first()).toHaveAttribute('aria-setsize', '1000');
  expect(await list.getByRole('option').count()).toBeLessThan(60);
  await list.focus();
  await page.keyboard.press('End');
  await expect(list.getByRole('option', { selected: true })).toHaveAttribute('aria-posinset', '1000');
  await expect(page.getByRole('application', { name: 'Canvas of the run of Small' })).toBeVisible();
  await page.getByRole('searchbox', { name: 'Find runs' }).fill('no such run');
  await expect(page.getByText('No run fits')).toBeVisible();
});

/** Chains of ten, side by side. */
function toWide(count: number): WorkflowDocument {
  const nodes = Array.from({ length: count }, (_, index): WorkflowDocument['nodes'][number] => ({
    id: `step${index + 1}`,
    kind: 'transform',
    name: `Step ${index + 1}`,
    position: { x: (index % 10) * 280, y: Math.floor(index / 10) * 120 },
    config: { expression: 'inputs.in', outputType: 'any' },
  }));
  const edges = nodes
    .slice(1)
    .flatMap((node, index) =>
      index % 10 === 9 ? [] : [{ from: { node: nodes[index]?.id ?? '', port: 'value' }, to: { node: node.id, port: 'in' } }],
    );
  return { schemaVersion: 1, name: 'Wide', nodes, edges };
}

import { expect, test } from '../worlds/studio.ts';

test('what a model saw is shown piece by piece, with where each comes from', async ({ studio: { page } }) => {
  await page.keyboard.press('Control+Shift+X');
  const panel = page.getByRole('region', { name: 'Bottom panel' });
  await expect(panel.getByRole('combobox', { name: 'Model call' })).toHaveValue('reader#1/t3/m1');
  await expect(panel.getByText(/≈ [\d,]+ tokens estimated · 2,070 measured/)).toBeVisible();
  const sent = panel.getByRole('listbox', { name: 'What was sent' });
  await sent.getByRole('option', { name: /^Task market-notes/ }).click();
  const piece = panel.getByRole('region', { name: 'The piece in full' });
  await expect(piece).toContainText('from What to read');
  await expect(piece).toContainText('market-notes');

  await piece.getByRole('button', { name: 'Show what gave it' }).click();
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText('What to read');
  await expect(panel.getByRole('combobox', { name: 'Model call' })).toHaveValue('reader#1/t3/m1');

  await sent.focus();
  await page.keyboard.press('End');
  await expect(piece).toContainText('read_file, called in turn 2');
  await piece.getByRole('button', { name: 'Show the tool call' }).click();
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText('read_file');
});

test('two model calls are compared by piece, and the call of what is selected is the one that is shown', async ({ studio: { page } }) => {
  await page.keyboard.press('Control+Shift+X');
  const panel = page.getByRole('region', { name: 'Bottom panel' });
  await page.getByRole('treeitem', { name: /^turn 2/ }).click();
  await expect(panel.getByRole('combobox', { name: 'Model call' })).toHaveValue('reader#1/t2/m1');
  await panel.getByRole('combobox', { name: 'Compare with' }).selectOption({ label: 'Compared with Reader · turn 1' });
  await expect(panel.getByRole('status')).toContainText('3 pieces differ');
  const differences = panel.getByRole('listbox', { name: 'What is different' });
  await expect(differences.getByRole('option')).toHaveCount(3);
  await expect(differences.getByRole('option').nth(2)).toContainText(/added.*Tool result/);
  await page.getByRole('treeitem', { name: 'What to read' }).click();
  await expect(panel.getByText('No model was asked here')).toBeVisible();
});

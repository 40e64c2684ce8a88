import type { Locator, Page } from '@playwright/test';
import { editorCanvas } from './canvas.ts';

/** Shows the history of the workflow in front; gives its panel. */
export async function openHistory(page: Page): Promise<Locator> {
  const panel = page.getByRole('region', { name: 'Bottom panel' });
  await panel.getByRole('tab', { name: 'History' }).click();
  return panel;
}

/** Replaces the task of the node “writer”. */
export async function typeIntoTask(page: Page, workflow: string, text: string): Promise<void> {
  const task = await focusTask(page, workflow);
  await task.fill(text);
}

/** The field of the task of the node “writer”, with the cursor in it. */
export async function focusTask(page: Page, workflow: string): Promise<Locator> {
  await editorCanvas(page, workflow).card('writer').click();
  const task = page.getByRole('complementary', { name: 'Inspector' }).getByRole('textbox', { name: 'Task' });
  await task.click();
  return task;
}

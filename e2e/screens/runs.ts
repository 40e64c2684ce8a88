import { expect, type Locator, type Page } from '@playwright/test';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import type { Studio } from '../worlds/studio.ts';

/** A card of the gallery, on the welcome page. */
export async function galleryCard(page: Page, template: string): Promise<Locator> {
  await page.getByRole('tab', { name: 'Welcome' }).click();
  return page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: template, exact: true }) });
}

/** Puts a workflow into the workspace and opens it from the explorer. */
export async function openWorkflow({ page, host }: Studio, name: string, document: WorkflowDocument): Promise<string> {
  const { path } = await host.api.workflow.create({ name, document: { ...document, name } });
  await page.keyboard.press('Control+Shift+E');
  await page.getByRole('complementary', { name: 'Side panel' }).getByRole('button', { name, exact: true }).click();
  await page.getByRole('application', { name: `Canvas of ${name}`, exact: true }).waitFor();
  return path;
}

/** Opens the inbox, where this question is in front. */
export async function openQuestion(page: Page, question: string): Promise<Locator> {
  await page.getByRole('button', { name: /^Approvals, / }).waitFor();
  await page.keyboard.press('Control+Shift+A');
  const card = page.getByRole('article', { name: question, exact: true });
  await card.waitFor();
  return card;
}

/** Brings the tab of the newest run to the front. */
export async function openRunTab(page: Page, workflow: string): Promise<void> {
  await page.getByRole('tab', { name: new RegExp(`^${workflow} #`) }).click();
}

/** What the run in front gave, as it can be read in the bottom panel. */
export async function openOutput(page: Page): Promise<Locator> {
  await page.getByRole('tab', { name: 'Output', exact: true }).click();
  return page.getByRole('region', { name: 'Output of the run' });
}

/** The run's events as the journal has them: numbered without a gap, and nothing twice. */
export async function expectWholeJournal({ page, host }: Studio): Promise<readonly string[]> {
  const [run] = await host.api.run.list({});
  if (run === undefined) throw new Error('There is no run');
  const events = await host.api.run.events({ runId: run.runId });
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  const count = events.length.toLocaleString('en');
  await expect(page.getByText(`event ${count} / ${count}`)).toBeVisible();
  return events.map((event) => event.type);
}

import type { Page } from '@playwright/test';
import { buildWhenStale } from '../../scripts/lib/build-when-stale.mjs';
import { createHeddlePlace } from '../support/heddle-place.ts';
import { besideAllowance } from './allowance.ts';
import type { Bench } from './bench.ts';
import { toWideDocument } from './canvas-pages/graph.ts';
import { launchChromium } from './chromium.ts';

const nodes = 10_000;
const allowedMs = 100;
const rounds = 5;

/** The longest that the window does not answer while a large workflow is opened, edited and undone in the studio itself. */
export const bench: Bench = {
  name: 'large-edit',
  about: `a workflow of ${nodes.toLocaleString('en')} nodes opened, edited, undone`,
  async run(report) {
    await buildWhenStale(process.execPath, ['main', 'renderer']);
    const place = createHeddlePlace();
    const browser = await launchChromium();
    try {
      const host = await place.serve();
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
      await page.goto(host.pageUrl);
      await page.getByRole('contentinfo').getByText('host ready').waitFor();
      await page.getByRole('button', { name: 'Run it yourself' }).waitFor();
      await host.api.workflow.create({ name: 'Wide', document: toWideDocument(nodes) });
      await page.keyboard.press('Control+Shift+E');
      const file = page.getByRole('complementary', { name: 'Side panel' }).getByRole('button', { name: 'Wide', exact: true });
      await file.waitFor();
      await page.evaluate(watchTasks);

      const opening = await longestTask(page, async () => {
        await file.click();
        await page.locator('[data-level=far]').waitFor();
      });
      report(besideAllowance('large-edit', 'longestTaskMsOpening', opening, allowedMs));
      await page.getByRole('application', { name: 'Canvas of Wide' }).focus();
      await page.keyboard.press('ArrowRight');
      await page.locator('[data-level=near]').waitFor();
      const [edits, undos]: [number[], number[]] = [[], []];
      for (let round = 0; round < rounds; round += 1) {
        edits.push(
          await longestTask(page, async () => {
            await page.keyboard.press('Shift+ArrowDown');
            await page.getByRole('button', { name: 'Undo: Move Step 0' }).waitFor();
          }),
        );
        undos.push(
          await longestTask(page, async () => {
            await page.keyboard.press('Control+z');
            await page.getByRole('button', { name: 'Redo: Move Step 0' }).waitFor();
          }),
        );
      }
      report(besideAllowance('large-edit', 'longestTaskMsEditing', median(edits), allowedMs));
      report(besideAllowance('large-edit', 'longestTaskMsUndoing', median(undos), allowedMs));
    } finally {
      await browser.close();
      await place.close();
    }
  },
};

/** The longest task from the beginning of an act until the window has been quiet for a while after it: what follows from it counts too. */
async function longestTask(page: Page, act: () => Promise<void>): Promise<number> {
  await settle(page);
  await act();
  return Math.max(0, ...(await settle(page)));
}

/** Waits until no task has been long for a second; gives the long ones until then, and forgets them. */
function settle(page: Page): Promise<readonly number[]> {
  return page.evaluate(
    () =>
      new Promise<readonly number[]>((resolve) => {
        const { tasks } = globalThis as unknown as { tasks: number[] };
        let seen = -1;
        const timer = setInterval(() => {
          if (tasks.length !== seen) {
            seen = tasks.length;
            return;
          }
          clearInterval(timer);
          resolve(tasks.splice(0));
        }, 1_000);
      }),
  );
}

/** In the page: keeps how long each task took that kept the window from answering for 50 ms or more. */
function watchTasks(): void {
  const tasks: number[] = [];
  Object.assign(globalThis, { tasks });
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'longtask' });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

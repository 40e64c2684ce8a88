import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { buildWhenStale } from '../../scripts/lib/build-when-stale.mjs';
import { inProject } from '../../scripts/lib/project.mjs';
import { createHeddlePlace } from '../support/heddle-place.ts';
import { besideAllowance } from './allowance.ts';
import type { Bench } from './bench.ts';
import { launchChromium, withFolderServed } from './chromium.ts';
import { type Measured, toMedians } from './run-contest.ts';

const pairs = 7;
const goal = 1.8;

/** From the start of a browser until the window answers, beside the same browser with an empty page; and that no code editor is loaded for it. */
export const bench: Bench = {
  name: 'window-start',
  about: 'Chromium started until the window can be used',
  async run(report) {
    await buildWhenStale(process.execPath, ['main', 'renderer']);
    const blank = inProject('.cache/bench-blank');
    mkdirSync(blank, { recursive: true });
    writeFileSync(join(blank, 'index.html'), '<!doctype html><html lang="en"><title>Blank</title><p>Blank</p></html>');
    const place = createHeddlePlace();
    try {
      const host = await place.serve();
      await withFolderServed(blank, async (blankUrl) => {
        const editors: number[] = [];
        const once = async () => ({
          ours: await timeStart(host.pageUrl, async (page) => {
            await page
              .getByRole('button', { name: 'Run it yourself' })
              .or(page.getByRole('tab', { name: 'Welcome' }))
              .first()
              .waitFor();
            editors.push(await countCodeEditor(page));
          }),
          peer: await timeStart(blankUrl, (page) => page.getByText('Blank').waitFor()),
        });
        await once();
        const measured: Measured[] = [];
        for (let pair = 0; pair < pairs; pair += 1) measured.push(await once());
        const { ours, peer, ratio } = toMedians(measured);
        report({
          bench: 'window-start',
          metric: 'msToInteractive',
          ours,
          peer,
          peerName: 'blank page',
          ratio,
          goal: `<= ${goal}`,
          holds: ratio <= goal,
        });
        report(besideAllowance('window-start', 'codeEditorFiles', Math.max(...editors), 0));
      });
    } finally {
      await place.close();
    }
  },
};

async function timeStart(url: string, isThere: (page: Page) => Promise<void>): Promise<number> {
  const begin = performance.now();
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(url);
    await isThere(page);
    // A frame after that, it has been drawn and answers.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
    return performance.now() - begin;
  } finally {
    await browser.close();
  }
}

/** How many files of the code editor the page has asked for. */
async function countCodeEditor(page: Page): Promise<number> {
  const names = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  return names.filter((name) => /monaco|editor\.worker|code-editor/i.test(name)).length;
}

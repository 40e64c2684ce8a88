import { relative } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { besideAllowance } from './allowance.ts';
import type { Bench, BenchLine } from './bench.ts';
import { buildPage, pagesFolder } from './canvas-pages/build.ts';
import type { BenchPage } from './canvas-pages/page.ts';
import { launchChromium, withFolderServed } from './chromium.ts';
import { toMedians } from './run-contest.ts';

const pairs = 3;
/** Fewer would not reach the edge of what is kept beyond the view; more make the peer's side long. */
const frames = 60;
/** Pixels a frame: a brisk pull. */
const step = 6;
/** A frame that takes longer than this has missed one of the screen's 60 a second. */
const droppedAfterMs = 1.5 * (1_000 / 60);

/** Moving about large graphs, and showing what a run does in them, beside React Flow with the same graph in the same browser. */
export const bench: Bench = {
  name: 'canvas',
  about: 'panning and status changes with 1,000 and 5,000 nodes, drawn in software',
  async run(report) {
    const files = { ours: await buildPage('ours'), peer: await buildPage('peer') };
    await withFolderServed(pagesFolder, async (url) => {
      // Frames as fast as they can be drawn: with the screen's 60 a second, whoever is faster than that would look the same.
      const free = await launchChromium(['--disable-frame-rate-limit', '--disable-gpu-vsync']);
      try {
        for (const [nodes, goal] of [
          [1_000, 0.45],
          [5_000, 0.12],
        ] as const)
          report(await comparePanning(free, url, files, nodes, goal));
      } finally {
        await free.close();
      }
      const paced = await launchChromium();
      try {
        await withPages(paced, url, files, 5_000, (ours, peer) => measurePaced(ours, peer, report));
      } finally {
        await paced.close();
      }
    });
  },
};

interface Files {
  readonly ours: string;
  readonly peer: string;
}

async function comparePanning(browser: Browser, url: string, files: Files, nodes: number, goal: number): Promise<BenchLine> {
  return withPages(browser, url, files, nodes, async (ours, peer) => {
    const measured: { ours: number; peer: number }[] = [];
    for (let pair = 0; pair < pairs; pair += 1)
      measured.push({ ours: median(await pan(ours, 'fit')), peer: median(await pan(peer, 'fit')) });
    const medians = toMedians(measured);
    return {
      bench: 'canvas',
      metric: `panMsAtFit${nodes}`,
      ...medians,
      peerName: 'React Flow 12',
      goal: `<= ${goal}`,
      holds: medians.ratio <= goal,
    };
  });
}

async function measurePaced(ours: Page, peer: Page, report: (line: BenchLine) => void): Promise<void> {
  const dropped = { ours: countDropped(await pan(ours, 'close')), peer: countDropped(await pan(peer, 'close')) };
  report({
    bench: 'canvas',
    metric: 'droppedFramesClose5000',
    ...dropped,
    peerName: 'React Flow 12',
    ratio: dropped.ours / Math.max(1, dropped.peer),
    goal: '<= peer',
    holds: dropped.ours <= dropped.peer,
  });
  for (const where of ['fit', 'close'] as const) {
    await place(ours, where);
    const counts: number[] = [];
    for (let change = 0; change < 9; change += 1) counts.push(await ours.evaluate(() => page().countFramesToPaint()));
    report(besideAllowance('canvas', `framesToPaint${where === 'fit' ? 'AtFit' : 'Close'}5000`, median(counts), 2));
  }
  await place(ours, 'fit');
  const busy = await ours.evaluate(
    async ([count, by]) => {
      const timer = setInterval(() => page().changeStatus(), 20);
      const took = await page().pan(count, by);
      clearInterval(timer);
      return took;
    },
    [frames, step] as const,
  );
  report(besideAllowance('canvas', 'panMsWith50ChangesASecond', median(busy), droppedAfterMs));
}

async function withPages<Result>(
  browser: Browser,
  url: string,
  files: Files,
  nodes: number,
  use: (ours: Page, peer: Page) => Promise<Result>,
): Promise<Result> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  const open = async (file: string) => {
    const opened = await context.newPage();
    await opened.goto(`${url}/${relative(pagesFolder, file)}?nodes=${nodes}`);
    await opened.waitForFunction(() => 'page' in globalThis);
    return opened;
  };
  try {
    return await use(await open(files.ours), await open(files.peer));
  } finally {
    await context.close();
  }
}

async function place(at: Page, where: 'fit' | 'close'): Promise<void> {
  await at.bringToFront();
  await at.evaluate((there) => page().place(there), where);
  // What is mounted there is not part of what is measured.
  await at.evaluate(([count, by]) => page().pan(count, by), [10, 0] as const);
}

async function pan(at: Page, where: 'fit' | 'close'): Promise<readonly number[]> {
  await place(at, where);
  return at.evaluate(([count, by]) => page().pan(count, by), [frames, step] as const);
}

/** In the page; Playwright sends each function alone, so that what it calls must be there. */
declare function page(): BenchPage;

function countDropped(took: readonly number[]): number {
  return took.reduce((sum, ms) => sum + (ms > droppedAfterMs ? Math.round(ms / (1_000 / 60)) - 1 : 0), 0);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { projectRoot } from '../scripts/lib/project.mjs';
import { createHeddlePlace, type HeddlePlace, whenAtRest } from '../tests/support/heddle-place.ts';

/** Takes the README's pictures of the real window on a real host: `docs/images/<screen>-<theme>.png`, or elsewhere at another size. */
const [folder = join(projectRoot, 'docs/images'), size = '1440x900'] = process.argv.slice(2);
const [width = 1440, height = 900] = size.split('x').map(Number);

const providers = [
  { id: 'openai', kind: 'openai', label: 'OpenAI', keyName: 'OPENAI_API_KEY', models: ['gpt-5', 'gpt-5-mini'] },
  { id: 'ollama', kind: 'openai', label: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1', models: ['qwen3:8b'] },
];

const browser = await chromium.launch({
  executablePath: process.env.HEDDLE_CHROMIUM ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
mkdirSync(folder, { recursive: true });
for (const theme of ['dark', 'light'] as const) {
  const parent = join(process.env.TMPDIR ?? '/tmp', 'heddle-screenshots');
  const workspace = join(parent, 'newsletter');
  mkdirSync(workspace, { recursive: true });
  const place = createHeddlePlace({ workspace });
  try {
    place.settings({ theme, providers });
    const context = await browser.newContext({ viewport: { width, height }, locale: 'en-GB', reducedMotion: 'reduce' });
    await takeAll(place, context, (page, screen) => take(page, join(folder, `${screen}-${theme}.png`)));
    await context.close();
  } finally {
    await place.close();
    rmSync(parent, { recursive: true, force: true });
  }
}
await browser.close();

async function takeAll(place: HeddlePlace, context: BrowserContext, shoot: (page: Page, screen: string) => Promise<void>): Promise<void> {
  const { api, pageUrl } = await place.serve();
  const page = await context.newPage();
  await page.goto(pageUrl);
  await page.getByRole('button', { name: 'Run it yourself' }).waitFor();
  await page.keyboard.press('Alt+w');
  await shoot(page, 'welcome');

  const { path, exampleInputs } = await api.template.instantiate({ id: 'research-write-review' });
  const { runId } = await api.run.start({ source: { type: 'file', path }, inputs: exampleInputs });
  await whenAtRest(api, runId);
  await page.keyboard.press('Control+Shift+A');
  await page.getByRole('article', { name: 'Publish?' }).waitFor();
  await shoot(page, 'approval');

  await page.keyboard.press('a');
  await whenAtRest(api, runId);
  await page.keyboard.press('Control+Shift+U');
  await page.getByRole('listbox', { name: 'Runs' }).getByRole('option').first().click();
  const run = page.getByRole('application', { name: 'Canvas of the run of Research, write, review' });
  await run.getByRole('group', { name: 'Writer', exact: true }).click();
  await widen(page);
  await run.focus();
  await page.keyboard.press('1');
  await shoot(page, 'debug');

  await page.keyboard.press('Control+Shift+E');
  await page
    .getByRole('complementary', { name: 'Side panel' })
    .getByRole('button', { name: 'Research, write, review', exact: true })
    .click();
  const canvas = page.getByRole('application', { name: 'Canvas of Research, write, review' });
  await canvas.getByRole('group', { name: 'Writer', exact: true }).click();
  await canvas.focus();
  await page.keyboard.press('1');
  await page.getByRole('tab', { name: 'Plan' }).click();
  await shoot(page, 'build');

  await page.keyboard.press('Control+,');
  await page.getByRole('heading', { name: 'Models', level: 2 }).waitFor();
  await shoot(page, 'settings');
}

async function take(page: Page, file: string): Promise<void> {
  await page.mouse.move(width - 1, height - 1);
  await page.evaluate(async () => {
    if (document.activeElement instanceof HTMLElement && document.activeElement.tagName === 'BUTTON') document.activeElement.blur();
    await document.fonts.ready;
  });
  await page.screenshot({ path: file, animations: 'disabled' });
  process.stdout.write(`${file}  ${Math.round(statSync(file).size / 1024)} KiB\n`);
}

/** Gives the canvas the room in which this workflow fits with every card readable. */
async function widen(page: Page): Promise<void> {
  for (const [name, by] of [
    ['Width of the side panel', -14],
    ['Width of the inspector', 54],
  ] as const) {
    const box = await page.getByRole('separator', { name }).boundingBox();
    if (box === null) continue;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + by, y, { steps: 4 });
    await page.mouse.up();
  }
}

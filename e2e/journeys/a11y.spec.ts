import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { editorCanvas, runCanvas } from '../screens/canvas.ts';
import { openQuestion, openWorkflow } from '../screens/runs.ts';
import { expect, type Studio, test } from '../worlds/studio.ts';

/** Each screen a person comes to, and how. A walk over all of them, in this order. */
const screens: readonly { readonly name: string; readonly go: (studio: Studio) => Promise<void> }[] = [
  { name: 'a recorded run', go: async ({ page }) => runCanvas(page, 'Folder brief').card('Reader').click() },
  {
    name: 'the output of a run',
    go: async ({ page }) => page.getByRole('tab', { name: 'Output', exact: true }).click(),
  },
  { name: 'welcome', go: async ({ page }) => page.getByRole('tab', { name: 'Welcome' }).click() },
  {
    name: 'the editor with the inspector of a prompt, and problems',
    go: async (studio) => {
      await openWorkflow(studio, 'Looked at', document);
      await editorCanvas(studio.page, 'Looked at').card('writer').click();
    },
  },
  {
    name: 'the editor with code',
    go: async ({ page }) => {
      await editorCanvas(page, 'Looked at').card('sums').click();
      await page
        .getByRole('complementary', { name: 'Inspector' })
        .getByRole('textbox', { name: /^Code|^Source/ })
        .waitFor();
    },
  },
  {
    name: 'the plan',
    go: async ({ page }) => page.getByRole('tab', { name: 'Plan' }).click(),
  },
  {
    name: 'the search for a kind',
    go: async ({ page }) => {
      await editorCanvas(page, 'Looked at').surface.focus();
      await page.keyboard.press('Space');
      await page.getByRole('dialog', { name: 'Add a node' }).waitFor();
    },
  },
  {
    name: 'find and replace, over a group with a locked node',
    go: async ({ page }) => {
      await page.keyboard.press('Escape');
      await editorCanvas(page, 'Looked at').surface.focus();
      await page.keyboard.press('Control+a');
      await page.keyboard.press('Control+g');
      await page.getByRole('dialog', { name: 'Name the group' }).waitFor();
      await page.keyboard.press('Enter');
      await page.keyboard.press('Shift+K');
      await page.keyboard.press('Control+h');
      await page.keyboard.type('a');
      await page.getByRole('list', { name: 'Places' }).waitFor();
    },
  },
  {
    name: 'the menu of a group',
    go: async ({ page }) => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Shift+F10');
      await page.getByRole('menu', { name: 'Group' }).waitFor();
    },
  },
  {
    name: 'where a node can be connected to',
    go: async ({ page }) => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Shift+C');
      await page.getByRole('listbox', { name: 'Connections' }).waitFor();
    },
  },
  {
    name: 'the palette',
    go: async ({ page }) => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').getByRole('option').first().waitFor();
    },
  },
  {
    name: 'the form of a run',
    go: async (studio) => {
      const { page } = studio;
      await page.keyboard.press('Escape');
      await openWorkflow(studio, 'Asks first', valid);
      await page.keyboard.press('Alt+F5');
      await page.getByRole('dialog', { name: 'Run Asks first' }).waitFor();
    },
  },
  {
    name: 'an approval',
    go: async ({ page, host }) => {
      await page.keyboard.press('Escape');
      await host.api.run.start({ source: { type: 'document', document: asking } });
      await openQuestion(page, 'May it call write_file?');
    },
  },
  {
    name: 'an approval that is edited',
    go: async ({ page }) => page.getByRole('button', { name: /^Edit first/ }).click(),
  },
  {
    name: 'a waiting run, and the list of runs',
    go: async ({ page }) => {
      await page.keyboard.press('Control+Shift+U');
      await page.getByRole('listbox', { name: 'Runs' }).getByRole('option').first().click();
      await page.getByRole('button', { name: 'Decide' }).waitFor();
    },
  },
  {
    name: 'a run that is steered',
    go: async ({ page }) => {
      await page.keyboard.press('Alt+F6');
      const dialog = page.getByRole('dialog', { name: 'Steer this run' });
      await dialog.getByRole('textbox', { name: 'Budget in US dollars' }).fill('2');
      await dialog.getByRole('region', { name: 'What will change' }).getByRole('listitem').waitFor();
    },
  },
  {
    name: 'a run that is forked',
    go: async ({ page }) => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Alt+F9');
      await page.getByRole('dialog', { name: 'Fork this run' }).waitFor();
    },
  },
  {
    name: 'the lanes',
    go: async ({ page }) => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+Shift+L');
      await page.getByRole('heading', { name: 'Lanes' }).first().waitFor();
    },
  },
  {
    name: 'the dead letters',
    go: async ({ page }) => {
      await page.keyboard.press('Control+Shift+D');
      await page
        .getByText('Nothing failed for good')
        .or(page.getByRole('listbox', { name: 'Dead letters' }))
        .first()
        .waitFor();
    },
  },
  ...['Models', 'Tool servers', 'Lanes', 'Folders and hosts', 'Prices', 'Journal', 'Looks'].map((section) => ({
    name: `settings: ${section}`,
    go: async ({ page }: Studio) => {
      await page.keyboard.press('Control+,');
      await page.getByRole('navigation', { name: 'Settings' }).getByRole('button', { name: section }).click();
      await page.getByRole('heading', { name: section, level: 2 }).waitFor();
    },
  })),
  {
    name: 'the keys',
    go: async ({ page }) => {
      await page.keyboard.press('Control+/');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    },
  },
  {
    name: 'the host gone',
    go: async (studio) => {
      await studio.page.keyboard.press('Escape');
      await studio.killHost();
      await studio.page.getByText('No connection to the host for').waitFor();
    },
  },
];

for (const theme of ['dark', 'light'] as const) {
  for (const [width, height] of [
    [1440, 900],
    [1024, 700],
  ] as const) {
    test(`axe finds nothing serious on any screen: ${theme}, ${width} × ${height}`, async ({ studio }) => {
      test.setTimeout(300_000);
      const { page } = studio;
      await page.setViewportSize({ width, height });
      await page.keyboard.press('Control+k');
      await page.keyboard.type(`use ${theme} theme`);
      await page.keyboard.press('Enter');
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
      const found: string[] = [];
      for (const screen of screens) {
        await screen.go(studio);
        found.push(...(await findSerious(page)).map((violation) => `${screen.name}: ${violation}`));
      }
      expect(found).toEqual([]);
    });
  }
}

async function findSerious(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id} at ${node.target.join(' ')}: ${node.failureSummary?.split('\n')[1] ?? ''}`));
}

const document = toDocument(
  {
    topic: { kind: 'input', config: { fields: [{ name: 'what', type: 'string', required: true, description: 'What it is about' }] } },
    writer: { kind: 'prompt', config: { model: 'scripted/demo', prompt: 'About {{ topic.what }} and {{ nobody.there }}' } },
    sums: { kind: 'code' },
    split: { kind: 'branch', config: { cases: [{ name: 'long', when: 'size(inputs.in) > 20' }] } },
    out: { kind: 'output', config: { name: 'text' } },
    note: { kind: 'note', config: { text: '## A note\n\nWith **words** and `code`.' } },
  },
  ['topic.what->writer.in', 'writer.text->split.in', 'split.long->out.value'],
);
/** What is wrong on purpose in the other one keeps it from running. */
const valid = toDocument(
  {
    topic: { kind: 'input', config: { fields: [{ name: 'what', type: 'string', required: true, description: 'What it is about' }] } },
    out: { kind: 'output', config: { name: 'text' } },
  },
  ['topic.what->out.value'],
);
const asking = toDocument(
  { write: { kind: 'tool', config: { tool: 'write_file', arguments: { path: 'note.txt', content: 'words' }, approval: 'always' } } },
  [],
);

import { expect, type Locator, type Page } from '@playwright/test';

/** The code beside the canvas, as a person reads and types it. Texts must fit into the editor as a whole. */
export interface CodeScreen {
  readonly panel: Locator;
  readonly field: Locator;
  /** The text that is shown. */
  text(): Promise<string>;
  /** Expects the text to have this in it, soon. */
  shows(part: string | RegExp): Promise<void>;
  /** Puts another text in the place of the whole. */
  fill(text: string): Promise<void>;
  /** Writes one thing for another that stands in the text once. */
  replace(before: string, after: string): Promise<void>;
  /** Shows the workflow in this form. */
  choose(form: 'YAML' | 'TypeScript' | 'JSON'): Promise<void>;
}

/** Opens the code by its key and waits until the editor is there. */
export async function openCode(page: Page): Promise<CodeScreen> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const panel = page.getByRole('region', { name: 'Code' });
  const field = panel.getByRole('textbox', { name: /^The workflow as/ });
  await page.keyboard.press('Alt+c');
  await expect(field).toBeFocused();
  const text = () =>
    panel.evaluate((element) => {
      const topOf = (part: HTMLElement | null) => Number.parseFloat(part?.style.top ?? '');
      const numbered = new Set([...element.querySelectorAll<HTMLElement>('.line-numbers')].map((number) => topOf(number.parentElement)));
      const rows = [...element.querySelectorAll<HTMLElement>('.view-line')].sort((left, right) => topOf(left) - topOf(right));
      // What has no number of its own goes on with the line before it.
      return rows.reduce((whole, row) => {
        const shown = (row.textContent ?? '').replaceAll('\u00a0', ' ');
        if (whole === '') return shown;
        return numbered.has(topOf(row)) ? `${whole}\n${shown}` : whole + shown.trimStart();
      }, '');
    });
  const shows = async (part: string | RegExp) => {
    if (typeof part === 'string') await expect.poll(text).toContain(part);
    else await expect.poll(text).toMatch(part);
  };
  const fill = async (next: string) => {
    await page.evaluate((copied) => navigator.clipboard.writeText(copied), next);
    await field.focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+v');
    await expect.poll(async () => withoutSpace(await text())).toBe(withoutSpace(next));
  };
  return {
    panel,
    field,
    text,
    shows,
    fill,
    replace: async (before, after) => {
      await shows(before);
      const now = await text();
      expect(now.split(before)).toHaveLength(2);
      await fill(now.replace(before, () => after));
    },
    choose: (form) => panel.getByRole('radio', { name: form }).click(),
  };
}

/** Where a line is folded for lack of room, its spaces are not to be told from those of the text. */
function withoutSpace(text: string): string {
  return text.replaceAll(/\s/g, '');
}

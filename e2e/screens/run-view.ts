import type { Locator, Page } from '@playwright/test';

/** The tab of the run in front: header, canvas and what stands beside it. */
export interface RunScreen {
  readonly tab: Locator;
  /** One of the words that a status is shown with, in the header. */
  readonly status: (words: string) => Locator;
  /** The items of the map that is looked into. */
  readonly items: Locator;
  /** Which was given this. */
  readonly item: (input: string) => Locator;
  /** Which items are listed, each choice with how many there are: `All (50)`, `At work (3)`, `Failed (0)`. */
  readonly whichItems: Locator;
  /** The states that an undoing goes through. */
  readonly undoing: Locator;
  /** Everything about what is selected. */
  readonly inspector: Locator;
  /** A row of the tree of frames. */
  readonly frame: (name: string | RegExp) => Locator;
}

/** The newest run of this workflow, whose tab must be in front. */
export function runScreen(page: Page, workflow: string): RunScreen {
  const tab = page.getByRole('tabpanel', { name: new RegExp(`^${workflow} #`) });
  const items = tab.getByRole('complementary', { name: 'Items' });
  return {
    tab,
    status: (words) => tab.getByRole('region', { name: 'This run', exact: true }).getByText(words, { exact: true }),
    items,
    item: (input) => items.getByRole('listbox').getByRole('option').filter({ hasText: input }),
    whichItems: items.getByRole('combobox', { name: 'Which items' }),
    undoing: tab.getByRole('region', { name: 'Undoing' }),
    inspector: page.getByRole('complementary', { name: 'Inspector' }),
    frame: (name) => page.getByRole('tree', { name: 'Frames' }).getByRole('treeitem', { name }),
  };
}

import { test as base, expect, type Page } from '@playwright/test';
import { createHeddlePlace, type HeddlePlace, type ServedHost } from '../../tests/support/heddle-place.ts';

/** A person at the studio in a browser: a workspace and home of their own, a real host, and the page it serves. */
export interface Studio {
  readonly place: HeddlePlace;
  readonly page: Page;
  /** The host that serves now. */
  readonly host: ServedHost;
  /** Ends the host as `kill -9` does. */
  killHost(): Promise<void>;
  /** Starts a host on the port the last one had, so that the page finds it. */
  startHostAgain(): Promise<void>;
}

/** Journeys begin here: `test('…', async ({ studio }) => …)` gets a studio that is open and connected on an empty workspace. */
export const test = base.extend<{ studio: Studio; place: HeddlePlace }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a function needs from its first parameter.
  place: async ({}, use) => {
    const place = createHeddlePlace();
    await use(place);
    await place.close();
  },
  studio: async ({ page, place }, use) => {
    let host = await place.serve();
    const port = new URL(host.url).port;
    await page.goto(host.pageUrl);
    await untilConnected(page);
    // The first launch opens a recorded run in front; what a journey opens before that would end up behind it.
    await page.getByRole('button', { name: 'Run it yourself' }).waitFor();
    await use({
      place,
      page,
      get host() {
        return host;
      },
      killHost: () => host.kill(),
      async startHostAgain() {
        host = await place.serve(['--port', port]);
      },
    });
  },
});

export { expect };

/** Waits until the page talks to its host. */
export async function untilConnected(page: Page): Promise<void> {
  await page.getByRole('contentinfo').getByText('host ready').waitFor();
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { startOpenAiServer } from '../../tests/peers/openai-server.ts';
import type { PeerServer } from '../../tests/peers/wire-server.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { runCanvas } from '../screens/canvas.ts';
import { openOutput, openWorkflow } from '../screens/runs.ts';
import { expect, test } from '../worlds/studio.ts';

const everything = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/dist/index.js');
const key = 'sk-journey-51d0c3';

test.describe('a provider of one’s own', () => {
  let server: PeerServer;
  test.beforeEach(async () => {
    server = await startOpenAiServer(['moss-1']);
  });
  test.afterEach(() => server.close());

  test('is added with address and key, tested with its exact answer, and then used with streaming', async ({ studio }) => {
    const { page, place } = studio;
    const models = await openSettings(page, 'Models');
    await models.getByRole('button', { name: 'Add provider' }).click();
    await page.getByRole('menuitem', { name: 'Another one' }).click();
    const card = models.getByRole('region', { name: 'My provider' });
    await card.getByRole('textbox', { name: 'Address' }).fill(`${server.origin}/v1`);
    await card.getByRole('textbox', { name: /^Models/ }).fill('moss-1');
    await card.getByRole('button', { name: 'Add' }).click();

    const keys = models.getByRole('region', { name: 'Where your keys are kept' });
    await keys.getByRole('textbox', { name: 'Passphrase' }).fill('correct horse');
    await keys.getByRole('textbox', { name: 'Once more' }).fill('correct horse');
    await keys.getByRole('button', { name: 'Use this passphrase' }).click();
    await expect(keys).toContainText('Encrypted with your passphrase, open until the host stops.');
    await card.getByRole('textbox', { name: 'Key', exact: true }).fill(key);
    await card.getByRole('button', { name: 'Store key' }).click();
    await expect(card.getByRole('textbox', { name: 'Replace the key' })).toHaveValue('');
    for (const file of ['secrets.json', 'settings.json']) expect(readFileSync(join(place.home, file), 'utf8')).not.toContain(key);

    server.behave({ type: 'raw', status: 401, body: JSON.stringify({ error: { message: 'Incorrect API key provided: sk-jo***' } }) });
    await card.getByRole('button', { name: 'Test' }).click();
    await expect(card.getByRole('alert')).toContainText('Incorrect API key provided: sk-jo***');
    server.behave({ type: 'answer', answer: { text: 'unused' } });
    await card.getByRole('button', { name: 'Test' }).click();
    await expect(card.getByRole('status')).toContainText(/answers in .*, 1 model/);
    expect(server.requests.every(({ headers }) => headers.authorization === `Bearer ${key}`)).toBe(true);

    // Ten seconds, so that even a slow machine shows it while it speaks.
    server.behave({ type: 'paced', answer: { text: 'Moss has no roots, only rhizoids.', pieceLength: 1 }, pauseMs: 300 });
    await openWorkflow(
      studio,
      'Moss',
      toDocument(
        {
          ask: { kind: 'prompt', config: { model: 'custom/moss-1', prompt: 'Roots?' } },
          out: { kind: 'output', config: { name: 'answer' } },
        },
        ['ask.text->out.value'],
      ),
    );
    await page.keyboard.press('F5');
    const canvas = runCanvas(page, 'Moss');
    await expect(canvas.card('ask')).toContainText('Moss has');
    await expect(canvas.card('ask')).toContainText('running');
    await expect(canvas.card('out')).toContainText('succeeded');
    await expect(await openOutput(page)).toContainText('Moss has no roots, only rhizoids.');
  });
});

test('a folder outside the workspace can be granted and taken back', async ({ studio: { page, place } }) => {
  const folders = await openSettings(page, 'Folders and hosts');
  const granted = folders.getByRole('region', { name: 'Granted folders' });
  await granted.getByRole('textbox', { name: 'Folder' }).fill(place.home);
  await granted.getByRole('combobox', { name: 'Access' }).selectOption('write');
  await granted.getByRole('button', { name: 'Grant' }).click();
  await expect(granted.getByRole('listitem').filter({ hasText: place.home })).toContainText('read and write');
  // The list shows it at once; the file follows.
  await expect(() =>
    expect(JSON.parse(readFileSync(join(place.home, 'settings.json'), 'utf8'))).toMatchObject({
      grants: [{ path: place.home, access: 'write' }],
    }),
  ).toPass();
  await granted.getByRole('button', { name: `Take ${place.home} back` }).click();
  await expect(granted.getByRole('listitem')).toHaveCount(1);
});

test('dark and light are chosen by hand, and stay after a reload', async ({ studio: { page } }) => {
  const looks = await openSettings(page, 'Looks');
  for (const theme of ['Dark', 'Light'] as const) {
    await looks.getByRole('radio', { name: theme }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme.toLowerCase());
  }
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
});

test('a tool server shows its exact command, starts only once approved, and then its tools can be used', async ({ studio }) => {
  const { page, host } = studio;
  const tools = await openSettings(page, 'Tool servers');
  await tools.getByRole('button', { name: 'Add server' }).click();
  const form = tools.getByRole('region', { name: 'New tool server' });
  await form.getByRole('textbox', { name: 'Id' }).fill('everything');
  await form.getByRole('textbox', { name: 'Command' }).fill(process.execPath);
  await form.getByRole('textbox', { name: /^Arguments/ }).fill(`${everything}\nstdio`);
  await form.getByRole('button', { name: 'Add' }).click();

  const card = tools.getByRole('region', { name: 'everything' });
  await expect(card).toContainText('not approved');
  await expect(card).toContainText(`${process.execPath} ${everything} stdio`);
  expect((await host.api.mcp.list()).map((server) => server.status)).toEqual(['notApproved']);
  await card.getByRole('button', { name: 'Approve this command' }).click();
  await card.getByRole('button', { name: 'Start' }).click();
  await expect(card.getByText('running', { exact: true })).toBeVisible();
  await expect(card.getByText('everything__echo', { exact: true })).toBeVisible();

  await openWorkflow(
    studio,
    'Echo',
    toDocument(
      {
        call: { kind: 'tool', config: { tool: 'everything__echo', arguments: { message: 'hello moss' }, approval: 'never' } },
        out: { kind: 'output', config: { name: 'echo' } },
      },
      ['call.result->out.value'],
    ),
  );
  await page.keyboard.press('F5');
  await expect(runCanvas(page, 'Echo').card('out')).toContainText('succeeded');
  await expect(await openOutput(page)).toContainText('hello moss');
});

async function openSettings(page: Page, section: string): Promise<Locator> {
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('button', { name: section }).click();
  return page.getByRole('tabpanel', { name: 'Settings' });
}

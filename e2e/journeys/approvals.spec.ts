import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Locator } from '@playwright/test';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { runCanvas } from '../screens/canvas.ts';
import { openQuestion, openRunTab, openWorkflow } from '../screens/runs.ts';
import { expect, type Studio, test, untilConnected } from '../worlds/studio.ts';

const askedWrite = toDocument(
  {
    write: { kind: 'tool', config: { tool: 'write_file', arguments: { path: 'note.txt', content: 'first words' }, approval: 'always' } },
    out: { kind: 'output', config: { name: 'result' } },
  },
  ['write.result->out.value'],
);

test('a question is counted, can be looked at, and its arguments can be edited; a bad edit is refused with words', async ({ studio }) => {
  const { page, place } = studio;
  await openWorkflow(studio, 'Ask me', askedWrite);
  await page.keyboard.press('F5');
  await expect(page.getByRole('button', { name: 'Approvals, 1 question for you' })).toBeVisible();
  await expect(page.getByRole('contentinfo').getByText('1 waiting for you')).toBeVisible();

  const question = await openQuestion(page, 'May it call write_file?');
  await expect(question).toContainText('first words');
  await question.getByRole('button', { name: /^Edit first/ }).click();
  await question.getByRole('textbox', { name: 'path (required)' }).fill('');
  await question.getByRole('button', { name: 'Approve as edited' }).click();
  await expect(question).toContainText('Needs a text.');
  await question.getByRole('textbox', { name: 'path (required)' }).fill('kept.txt');
  await question.getByRole('textbox', { name: 'content (required)' }).fill('other words');
  await question.getByRole('button', { name: 'Approve as edited' }).click();
  await expect(page.getByText('Nothing waits for you').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Approvals', exact: true })).toBeVisible();
  await openRunTab(page, 'Ask me');
  await expect(runCanvas(page, 'Ask me').card('out')).toContainText('succeeded');
  expect(readFileSync(join(place.workspace, 'kept.txt'), 'utf8')).toBe('other words');
  expect(existsSync(join(place.workspace, 'note.txt'))).toBe(false);
});

test('A approves and D denies, with the reason in the run; after each the next question comes', async ({ studio }) => {
  const { page, place } = studio;
  const path = await openWorkflow(studio, 'Ask me', askedWrite);
  await studio.host.api.run.start({ source: { type: 'file', path } });
  await studio.host.api.run.start({ source: { type: 'file', path } });
  await expect(page.getByRole('button', { name: 'Approvals, 2 questions for you' })).toBeVisible();
  const question = await openQuestion(page, 'May it call write_file?');
  await expect(question).toBeFocused();
  await page.keyboard.press('d');
  await page.keyboard.type('not today');
  await page.keyboard.press('Enter');
  await expect(page.getByText('One question waits for you.')).toBeVisible();
  await expect(question).toBeFocused();
  expect(existsSync(join(place.workspace, 'note.txt'))).toBe(false);
  await page.keyboard.press('a');
  await expect(page.getByText('Nothing waits for you').first()).toBeVisible();
  await expect.poll(() => existsSync(join(place.workspace, 'note.txt'))).toBe(true);

  await page.keyboard.press('Control+Shift+U');
  await page
    .getByRole('listbox', { name: 'Runs' })
    .getByRole('option', { name: /failed/ })
    .click();
  await expect(page.getByRole('option', { name: /Denied by user: not today/ })).toBeVisible();
});

test.describe('when the host dies in the middle of a call that must not be made twice', () => {
  let server: Server;
  let requests = 0;
  test.beforeEach(async () => {
    requests = 0;
    server = createServer(() => {
      requests += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  test.afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const choices: readonly { readonly choice: string; readonly end: (question: Locator, studio: Studio) => Promise<void> }[] = [
    {
      choice: 'Fail the call',
      end: async (_question, { page }) => {
        await expect(runCanvas(page, 'Send').card('send')).toContainText('failed');
        expect(requests).toBe(1);
      },
    },
    {
      choice: 'It was done: go on with its result',
      end: async (question, { page }) => {
        await question.getByRole('textbox', { name: 'What it gave back, JSON' }).fill('{"status": 201');
        await question.getByRole('button', { name: 'Go on with this' }).click();
        await expect(question).toContainText('Is not JSON.');
        await question.getByRole('textbox', { name: 'What it gave back, JSON' }).fill('{"status": 201}');
        await question.getByRole('button', { name: 'Go on with this' }).click();
        await openRunTab(page, 'Send');
        await expect(runCanvas(page, 'Send').card('out')).toContainText('succeeded');
        expect(requests).toBe(1);
      },
    },
    {
      choice: 'It was not done: do it again',
      end: async (_question, { page }) => {
        server.removeAllListeners('request');
        await expect.poll(() => requests).toBe(2);
        await expect(runCanvas(page, 'Send').card('send')).toContainText('running');
      },
    },
  ];

  for (const { choice, end } of choices) {
    test(`it asks, and the answer can be: ${choice}`, async ({ studio }) => {
      const { page, host } = studio;
      const { port } = server.address() as AddressInfo;
      await host.api.settings.save({ grantedHosts: [`127.0.0.1:${port}`] });
      const path = await openWorkflow(studio, 'Send', toSending(port));
      const { runId } = await host.api.run.start({ source: { type: 'file', path } });
      await page.keyboard.press('Control+Shift+U');
      await page.getByRole('listbox', { name: 'Runs' }).getByRole('option', { name: /Send/ }).click();
      await expect.poll(() => requests).toBe(1);
      await studio.killHost();
      await studio.startHostAgain();
      await untilConnected(page);

      await openQuestion(page, 'Did send_http_request happen?');
      await openRunTab(page, 'Send');
      await page
        .getByRole('tabpanel', { name: /^Send #/ })
        .getByRole('button', { name: 'Decide' })
        .click();
      const question = page.getByRole('article', { name: 'Did send_http_request happen?' });
      await expect(question).toContainText('/orders');
      await expect(question.getByRole('button', { name: /^(It was|Fail)/ })).toHaveCount(3);
      await question.getByRole('button', { name: choice }).click();
      if (!choice.startsWith('It was done')) await openRunTab(page, 'Send');
      await end(question, studio);
      expect((await studio.host.api.run.get({ runId })).runId).toBe(runId);
    });
  }
});

function toSending(port: number) {
  const url = `http://127.0.0.1:${port}/orders`;
  return toDocument(
    {
      send: { kind: 'tool', config: { tool: 'send_http_request', arguments: { url, body: 'one order' }, approval: 'never' } },
      out: { kind: 'output', config: { name: 'answer' } },
    },
    ['send.result->out.value'],
  );
}

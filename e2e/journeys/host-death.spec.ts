import { expect, test, untilConnected } from '../worlds/studio.ts';

test('the window says that the host is gone, keeps what it showed, and is back by itself', async ({ studio }) => {
  const { page } = studio;
  await studio.killHost();
  await expect(page.getByText(/host is gone|reconnect/i).first()).toBeVisible();
  await expect(page.getByRole('heading', { name: /Draw a workflow/ })).toBeVisible();
  await studio.startHostAgain();
  await untilConnected(page);
});

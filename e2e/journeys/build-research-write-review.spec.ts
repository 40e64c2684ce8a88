import type { Locator } from '@playwright/test';
import { editorCanvas } from '../screens/canvas.ts';
import { openOutput } from '../screens/runs.ts';
import { expectSaved } from '../screens/workflow-file.ts';
import { expect, test } from '../worlds/studio.ts';

const path = 'Research, write, review.heddle.json';

/** What a person does, counted: keys and clicks that decide something, and letters that are only typed. */
interface Hand {
  readonly actions: number;
  readonly letters: number;
  readonly pointings: number;
}

test('Research, write, review is drawn from an empty canvas in well under three minutes, as docs/building.md counts it', async ({
  studio,
}) => {
  test.setTimeout(180_000);
  const { page, place } = studio;
  let hand: Hand = { actions: 0, letters: 0, pointings: 0 };
  const press = async (keys: string) => {
    hand = { ...hand, actions: hand.actions + 1 };
    await page.keyboard.press(keys);
  };
  const type = async (words: string) => {
    hand = { ...hand, letters: hand.letters + words.length };
    await page.keyboard.type(words);
  };
  const click = async (target: Locator) => {
    hand = { ...hand, actions: hand.actions + 1, pointings: hand.pointings + 1 };
    await target.click();
  };
  const canvas = editorCanvas(page, 'Research, write, review');
  const task = page.getByRole('complementary', { name: 'Inspector' }).getByRole('textbox', { name: 'Task' });

  await press('Alt+n');
  await type('Research, write, review');
  await press('Enter');
  await click(page.getByRole('button', { name: 'Input Ask for something when the run starts.' }));
  await expect(canvas.card('Input')).toBeVisible();
  const steps = [
    { kind: 'agent', card: 'Agent', name: 'Research', words: 'Collect what is known about {{ input.topic }}.' },
    { kind: 'prompt', card: 'Prompt', name: 'Write', words: 'Write an article from these facts: {{ agent.text }}' },
    { kind: 'prompt', card: 'Prompt', name: 'Review', words: 'Correct this article and give it back: {{ prompt.text }}' },
  ];
  for (const { kind, card, name, words } of steps) {
    await press('n');
    await page.getByRole('dialog', { name: 'Add a node and connect it' }).waitFor();
    await type(kind);
    await press('Enter');
    await expect(canvas.card(card)).toBeVisible();
    await press('F2');
    await page.getByRole('dialog', { name: `Rename ${card}` }).waitFor();
    await type(name);
    await press('Enter');
    await expect(canvas.card(name)).toBeVisible();
    await click(task);
    await press('Control+a');
    await type(words);
    await press('Escape');
    await click(canvas.card(name));
  }
  await press('n');
  await page.getByRole('dialog', { name: 'Add a node and connect it' }).waitFor();
  await type('output');
  await press('Enter');
  await expectSaved(
    place,
    path,
    ({ nodes, edges }) => [
      nodes.map(({ name }) => name),
      edges.map(({ from, to }) => `${from} ${to}`),
      nodes.slice(1, 4).map(({ config }) => config.prompt),
    ],
    [
      ['Input', 'Research', 'Write', 'Review', 'Output'],
      ['input.topic agent.in', 'agent.text prompt.in', 'prompt.text prompt2.in', 'prompt2.text output.value'],
      steps.map(({ words }) => words),
    ],
  );

  expect(hand).toEqual({ actions: 29, letters: 218, pointings: 7 });
  // The keystroke-level model (Card, Moran and Newell 1980): 0.28 s a key, 1.1 s to point, 1.35 s to think before each action.
  const seconds = (hand.letters + hand.actions) * 0.28 + hand.pointings * 1.1 + hand.actions * 1.35;
  expect(seconds).toBeLessThan(180);

  await page.keyboard.press('F5');
  await page.getByRole('dialog', { name: 'Run Research, write, review' }).waitFor();
  await page.keyboard.type('looms');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('tabpanel', { name: /^Research, write, review #/ }).getByText('succeeded', { exact: true })).not.toHaveCount(
    0,
  );
  await expect(await openOutput(page)).toContainText('Correct this article');
});

import { nodeKindNames } from '#shared/nodes/registry.ts';
import { openWorkflow } from '../screens/runs.ts';
import { expect, test } from '../worlds/studio.ts';
import { toTalking, writeTalker } from '../worlds/talking.ts';

const everywhere = [
  'Switch between Build and Debug',
  'Show explorer',
  'Show runs',
  'Show approvals',
  'Open settings',
  'Open welcome and gallery',
  'Show or hide the side panel',
  'Show or hide the bottom panel',
  'Show or hide the inspector',
  'Close tab',
  'Go to next tab',
  'Go to previous tab',
  'Use dark theme',
  'Use light theme',
  'Use the system’s theme',
  'Keys and version',
  'New workflow',
  'New workflow from a template',
  'Import a workflow',
  'Run',
  'Run with other inputs or another model',
  'Settings: Models',
  'Settings: Tool servers',
  'Settings: Folders and hosts',
  'Settings: Prices',
  'Settings: Looks',
  'Settings: Lanes',
  'Show lanes',
  'Show dead letters',
];
const inWorkflow = [
  'Show problems',
  'Show the history of the workflow',
  'Name the version that is there now',
  'Export this workflow',
  'Save this workflow as a template',
  'Show or hide the critical path on the canvas',
  'Add a node',
  'Add a node after the selected one',
  'Edit the selected node, or look inside it',
  'Delete what is selected',
  'Duplicate the selected nodes',
  'Copy the selected nodes as text',
  'Cut the selected nodes',
  'Paste nodes',
  'Select all nodes',
  'Undo',
  'Redo',
  'Save now',
  'Disable or enable the selected nodes',
  'Arrange all nodes',
  'Arrange the selected nodes',
  'Find in the workflow',
  'Find and replace in the workflow',
  'Rename the selected node or group',
  'Replace the kind of the selected nodes',
  'Connect the selected node to another',
  'Lock or unlock the selected nodes',
  'Select the next edge of the selected node',
  'Group the selected nodes',
  'Extract the selected nodes into a subflow',
  'Open the menu of what is selected',
  'Fit the canvas',
  'Zoom to the selection',
  'Select nothing',
  'Go on along an edge',
  'Go back along an edge',
  'Go to the node above',
  'Go to the node below',
  ...['left', 'right', 'up', 'down'].map((way) => `Move the selected nodes ${way}`),
  ...nodeKindNames.map((kind) => `Add ${kind}`),
];
const inRun = [
  'Show the flame graph',
  'Show what the model saw',
  'Stop this run',
  'Interrupt this run when its calls have finished',
  'Interrupt this run at once, dropping its calls',
  'Steer this run',
  'Fork this run from the event that is looked at',
  'Go to next event',
  'Go to previous event',
  'Go to first event',
  'Go to newest event',
];

test('the palette offers every command where it makes sense, found by typing a part of its name', async ({ studio }) => {
  const { page } = studio;
  writeTalker(studio.place, { words: 4_000, charsPerSecond: 40 });
  await openWorkflow(studio, 'Talk', toTalking());
  const canvas = page.getByRole('application', { name: 'Canvas of Talk', exact: true });
  await canvas.focus();
  await page.keyboard.press('t');
  await page.keyboard.press('n');
  await page.keyboard.type('note');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Shift+D');
  await page.keyboard.press('Control+z');
  const options = page.getByRole('dialog').getByRole('option');
  const offered = async () => {
    await page.keyboard.press('Control+k');
    await options.first().waitFor();
    const texts = await options.evaluateAll((elements) => elements.map((element) => element.children[1]?.textContent ?? ''));
    await page.keyboard.press('Escape');
    await options.first().waitFor({ state: 'hidden' });
    return texts;
  };
  expect(await offered()).toEqual(expect.arrayContaining([...everywhere, ...inWorkflow]));

  await page.keyboard.press('Control+z');
  await page.keyboard.press('F5');
  await page.getByRole('button', { name: /^Stop/ }).waitFor();
  expect(await offered()).toEqual(expect.arrayContaining([...everywhere, ...inRun]));

  await page.keyboard.press('Control+k');
  await page.keyboard.type('stop this');
  await page.keyboard.press('Enter');
  await expect(
    page
      .getByRole('tabpanel', { name: /^Talk #/ })
      .getByText('stopped')
      .first(),
  ).toBeVisible();
});

test('the window can be walked through by keyboard alone, and the help lists the keys', async ({ studio: { page } }) => {
  await page.keyboard.press('Control+k');
  await page.keyboard.type('keys and');
  await page.keyboard.press('Enter');
  const help = page.getByRole('dialog', { name: 'Keys' });
  await expect(help).toContainText('Switch between Build and Debug');
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
  await page.keyboard.press('Control+,');
  await expect(page.getByRole('tabpanel', { name: 'Settings' })).toBeVisible();
  await page.keyboard.press('Control+Shift+E');
  await expect(page.getByRole('heading', { name: 'Workflows' })).toBeVisible();
  await page.keyboard.press('Control+Shift+U');
  await expect(page.getByRole('heading', { name: 'Runs' })).toBeVisible();
  await page.keyboard.press('Control+b');
  await expect(page.getByRole('complementary', { name: 'Side panel' })).toBeHidden();
  await page.keyboard.press('Alt+PageUp');
  await expect(page.getByRole('tab', { name: 'Folder brief, recorded' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Control+j');
  await expect(page.getByRole('region', { name: 'Bottom panel' })).toBeHidden();
  await page.keyboard.press('Control+i');
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toBeHidden();
  await page.keyboard.press('Alt+w');
  await expect(page.getByRole('tab', { name: 'Folder brief, recorded' })).toHaveCount(0);

  // Every stop of Tab is something with a name, and the walk comes round.
  const names: string[] = [];
  for (let press = 0; press < 60; press += 1) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return null;
      const label = element.id === '' ? null : document.querySelector(`label[for="${element.id}"]`);
      return (element.getAttribute('aria-label') ?? label?.textContent ?? element.textContent ?? '').trim();
    });
    if (name === null) break;
    names.push(name);
  }
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => name === '')).toEqual([]);
});

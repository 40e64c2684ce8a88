import { openRunTab } from '../screens/runs.ts';
import { expect, test } from '../worlds/studio.ts';

test('a template is found by words and tags, explored, and run on its sample', async ({ studio: { page } }) => {
  await page.keyboard.press('Alt+Shift+N');
  const search = page.getByRole('searchbox', { name: 'Search templates' });
  await expect(search).toBeFocused();
  const cards = page.getByRole('list', { name: 'Templates' }).getByRole('heading', { level: 3 });
  await expect(cards).toHaveCount(12);
  await page.keyboard.type('customer mess');
  await expect(cards).toHaveText(['Support inbox']);
  await search.fill('');
  await page.getByRole('group', { name: 'Tags' }).getByRole('button', { name: /^map/ }).click();
  await expect(cards).toHaveText(['Support inbox', 'Code review', 'Quiz from lessons', 'Translate documents']);
  await search.fill('glossary');
  await expect(cards).toHaveText(['Translate documents']);

  await page.getByRole('button', { name: 'Explore the recorded run' }).click();
  await expect(page.getByRole('application', { name: /Translate documents/ })).toContainText('Translate each text');

  await page.getByRole('tab', { name: 'Welcome' }).click();
  await page.getByRole('button', { name: 'Run it', exact: true }).click();
  await openRunTab(page, 'Translate documents');
  await expect(page.getByRole('application', { name: /Translate documents/ }).filter({ visible: true })).toContainText('1 failed');
});

test('a workflow of one’s own becomes a template, is used under another name, and goes again', async ({
  studio: { page, host, place },
}) => {
  await host.api.template.instantiate({ id: 'quiz-maker' });
  await page.keyboard.press('Control+Shift+E');
  await page.getByRole('complementary', { name: 'Side panel' }).getByRole('button', { name: 'Quiz from lessons', exact: true }).click();
  await page.getByRole('application', { name: 'Canvas of Quiz from lessons', exact: true }).waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('save this workflow as a temp');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Save as a template' });
  await expect(dialog).toContainText('parts/quiz-lesson.heddle.json');
  await dialog.getByRole('checkbox', { name: /3-fog/ }).uncheck();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Our quiz');
  await dialog.getByRole('textbox', { name: 'Description' }).fill('Asks about the sea.');
  await dialog.getByRole('textbox', { name: 'Tags' }).fill('school, sea');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(dialog).toBeHidden();

  await page.keyboard.press('Alt+Shift+N');
  await page
    .getByRole('group', { name: 'Tags' })
    .getByRole('button', { name: /^yours/ })
    .click();
  const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Our quiz', exact: true }) });
  await expect(card).toContainText('Asks about the sea.');
  await card.getByRole('button', { name: 'Use it' }).click();
  await page.getByRole('application', { name: 'Canvas of Our quiz', exact: true }).waitFor();
  expect((await host.api.workflow.list()).map(({ path }) => path)).toContain('Our quiz.heddle.json');
  expect(place.home).not.toBe(place.workspace);

  await page.getByRole('tab', { name: 'Welcome' }).click();
  await card.getByRole('button', { name: 'Actions for Our quiz' }).click();
  await page.getByRole('menuitem', { name: 'Remove the template' }).click();
  await expect(card).toBeHidden();
});

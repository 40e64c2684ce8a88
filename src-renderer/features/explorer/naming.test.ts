import { expect, it } from 'vitest';
import { toWorkflowPath } from './naming.ts';

it.each([
  ['brief.heddle.json', 'Folder brief', 'Folder brief.heddle.json'],
  ['notes/a/brief.heddle.json', 'Été 2026: plan/draft', 'notes/a/Été 2026 plan draft.heddle.json'],
  ['brief.heddle.json', '研究', '研究.heddle.json'],
  ['brief.heddle.json', '../..', 'Workflow.heddle.json'],
])('a rename of %s to “%s” goes to %s', (path, name, expected) => {
  expect(toWorkflowPath(path, name)).toBe(expected);
});

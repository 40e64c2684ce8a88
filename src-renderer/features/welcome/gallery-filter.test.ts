import { expect, test } from 'vitest';
import type { Template } from '#shared/contract/workflows.ts';
import { countTags, filterTemplates } from './gallery-filter.ts';

const template = (name: string, description: string, tags: string[], isOwn = false): Template => ({
  id: name,
  name,
  description,
  tags,
  nodeCount: 1,
  hasRecordedRun: true,
  isOwn,
  sketch: { nodes: [], edges: [] },
});
const gallery = [
  template('Code review', 'Reviews files.', ['review', 'map']),
  template('Quiz', 'Questions from lessons.', ['education', 'map']),
  template('My mail', 'Sorts it.', ['support'], true),
];
const namesOf = (templates: readonly Template[]) => templates.map(({ name }) => name);

test('every word has to be somewhere, in any case', () => {
  expect(namesOf(filterTemplates(gallery, '', null))).toEqual(['Code review', 'Quiz', 'My mail']);
  expect(namesOf(filterTemplates(gallery, 'LESSON quiz', null))).toEqual(['Quiz']);
  expect(namesOf(filterTemplates(gallery, 'review lessons', null))).toEqual([]);
});

test('a tag narrows, and what one saved has the tag “yours”', () => {
  expect(namesOf(filterTemplates(gallery, '', 'map'))).toEqual(['Code review', 'Quiz']);
  expect(namesOf(filterTemplates(gallery, 'quiz', 'review'))).toEqual([]);
  expect(namesOf(filterTemplates(gallery, '', 'yours'))).toEqual(['My mail']);
});

test('trades come first in the order of the gallery, then what several share', () => {
  const many = [...gallery, template('Lint', '', ['review', 'map', 'alone'])];
  expect(countTags(many)).toEqual([
    { tag: 'review', count: 2 },
    { tag: 'education', count: 1 },
    { tag: 'yours', count: 1 },
    { tag: 'map', count: 3 },
  ]);
});

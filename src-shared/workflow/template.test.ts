import { expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { parseTemplate, renderTemplate, renderTemplatesIn } from './template.ts';

const scope: JsonObject = { brief: { topic: 'looms', count: 3, none: null, list: [1, 'a'] }, inputs: { in: { a: 1 } } };

test.each([
  ['no expression at all', 'no expression at all'],
  ['', ''],
  ['About {{ brief.topic }}, {{brief.count}} times', 'About looms, 3 times'],
  ['{{ brief.list }} and {{ inputs.in }}', '[1,"a"] and {"a":1}'],
  ['[{{ brief.none }}]', '[]'],
  ['{{ "{{" }} stays', '{{ stays'],
  ["{{ '}}' }}{{ r'\\d}}' }}", '}}\\d}}'],
  ['{{ {"a": {"b": 1}} }}', '{"a":{"b":1}}'],
  ['{{ {"a": {"b": 1}}}}', '{"a":{"b":1}}'],
  ['} {one} }}', '} {one} }}'],
])('%s gives %s', (source, expected) => {
  expect(renderTemplate(source, scope)).toBe(expected);
});

test('a template is split into text and expressions with their places', () => {
  expect(parseTemplate('Hi {{ brief.topic }}!')).toEqual([
    { type: 'text', text: 'Hi ', start: 0 },
    { type: 'expression', source: ' brief.topic ', start: 5 },
    { type: 'text', text: '!', start: 20 },
  ]);
});

test('a template that is never closed, or whose expression is wrong, is refused', () => {
  expect(() => parseTemplate('a {{ b')).toThrow(/at column 3: “\{\{” is never closed/);
  expect(() => parseTemplate('a {{ "b }}')).toThrow(/never closed/);
  expect(() => parseTemplate('a {{ b + }}')).toThrow(/ends too early/);
  expect(() => parseTemplate('a {{ }}')).toThrow(/it is empty/);
});

test('arguments keep the kind of a lone expression and insert the others as text', () => {
  const source: JsonValue = {
    path: 'out/{{ brief.topic }}.md',
    count: '{{ brief.count }}',
    list: ['{{ brief.list }}', 7, true, null],
    plain: 'x',
  };
  expect(renderTemplatesIn(source, scope)).toEqual({ path: 'out/looms.md', count: 3, list: [[1, 'a'], 7, true, null], plain: 'x' });
});

import { describe, expect, test } from 'vitest';
import { markExpressions } from './expression-marks.ts';

describe('marks of expressions', () => {
  test('set expressions apart from text, and join to the text again', () => {
    const source = 'On {{ brief.topic }}, {{ 1 + }} and {{ "}}" }}.';
    const { marks, problem } = markExpressions(source, 'template');
    expect(marks.map((mark) => [mark.type, mark.text])).toEqual([
      ['text', 'On '],
      ['expression', '{{ brief.topic }}'],
      ['text', ', '],
      ['wrong', '{{ 1 + }}'],
      ['text', ' and '],
      ['expression', '{{ "}}" }}'],
      ['text', '.'],
    ]);
    expect(marks.map((mark) => mark.text).join('')).toBe(source);
    expect(problem).toContain('it ends too early');
  });

  test('mark an opening that is never closed from there on', () => {
    const { marks, problem } = markExpressions('a {{ b', 'template');
    expect(marks).toEqual([
      { text: 'a ', type: 'text' },
      { text: '{{ b', type: 'wrong' },
    ]);
    expect(problem).toContain('never closed');
  });

  test('take an expression as a whole, and an empty one as not yet written', () => {
    expect(markExpressions('size(', 'expression')).toMatchObject({ marks: [{ type: 'wrong' }] });
    expect(markExpressions('', 'expression').problem).toBe(null);
  });
});

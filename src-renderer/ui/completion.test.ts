import { describe, expect, test } from 'vitest';
import { applyCompletion, completeAt } from './completion.ts';

const names = ['inputs.in', 'inputs.in.left', 'inputs.in.brief', 'brief.topic', 'brief.words', 'left.text'].map((path) => ({
  path,
  detail: '',
}));

/** Completes at the `|` of the text, and gives the paths offered. */
function offered(marked: string, form: 'template' | 'expression' = 'template'): readonly string[] | null {
  const caret = marked.indexOf('|');
  return completeAt(marked.replace('|', ''), caret, form, names)?.names.map((name) => name.path) ?? null;
}

describe('completion', () => {
  test('offers every name after an opening brace, and nothing in plain text', () => {
    expect(offered('On {{ |')).toHaveLength(6);
    expect(offered('On brief.|')).toBe(null);
    expect(offered('{{ brief.topic }} and |')).toBe(null);
  });

  test('puts what begins so first, then what contains it', () => {
    expect(offered('{{ brief.t|')).toEqual(['brief.topic']);
    expect(offered('{{ top|')).toEqual(['brief.topic']);
    expect(offered('{{ brief|')?.[0]).toBe('brief.topic');
  });

  test('is silent inside quoted text, after a value, and when the name stands there already', () => {
    expect(offered('{{ "brief|')).toBe(null);
    expect(offered('size(brief.topic) |', 'expression')).toBe(null);
    expect(offered('{{ left.text| }}')).toBe(null);
  });

  test('works anywhere in an expression', () => {
    expect(offered('size(bri|) > 3', 'expression')).toEqual(['brief.topic', 'brief.words', 'inputs.in.brief']);
  });

  test('closes the braces that are open, and only those', () => {
    const complete = (marked: string, path: string) => {
      const caret = marked.indexOf('|');
      const text = marked.replace('|', '');
      return applyCompletion(text, completeAt(text, caret, 'template', names)!, path);
    };
    expect(complete('On {{ bri|', 'brief.topic')).toEqual({ text: 'On {{ brief.topic }}', caret: 20 });
    expect(complete('On {{| and {{ left.text }}', 'brief.topic').text).toBe('On {{ brief.topic }} and {{ left.text }}');
    expect(complete('On {{ bri|xx }}!', 'brief.topic').text).toBe('On {{ brief.topic }}!');
  });
});

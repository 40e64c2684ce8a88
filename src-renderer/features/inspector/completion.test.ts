import { describe, expect, test } from 'vitest';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { applyCompletion, completeAt } from './completion.ts';
import { listExpressionNames } from './expression-names.ts';

const node = (id: string, kind: string, config: WorkflowDocument['nodes'][number]['config']) => ({
  id,
  kind,
  name: id,
  position: { x: 0, y: 0 },
  config,
});
const document: WorkflowDocument = {
  schemaVersion: 1,
  name: 'T',
  nodes: [
    node('brief', 'input', {
      fields: [
        { name: 'topic', type: 'string', required: true },
        { name: 'words', type: 'integer' },
      ],
    }),
    node('left', 'prompt', { prompt: 'x' }),
    node('writer', 'prompt', { prompt: 'x' }),
    node('later', 'output', { name: 'r' }),
    node('apart', 'prompt', { prompt: 'x' }),
  ],
  edges: [
    { from: { node: 'brief', port: 'topic' }, to: { node: 'left', port: 'in' } },
    { from: { node: 'left', port: 'text' }, to: { node: 'writer', port: 'in' } },
    { from: { node: 'brief', port: 'words' }, to: { node: 'writer', port: 'in' } },
    { from: { node: 'writer', port: 'text' }, to: { node: 'later', port: 'value' } },
  ],
};
const names = listExpressionNames(document, 'writer');

/** Completes at the `|` of the text, and gives the paths offered. */
function offered(marked: string, form: 'template' | 'expression' = 'template'): readonly string[] | null {
  const caret = marked.indexOf('|');
  return completeAt(marked.replace('|', ''), caret, form, names)?.names.map((name) => name.path) ?? null;
}

describe('the names that an expression may say', () => {
  test('are its own inputs and what any node upstream gives', () => {
    expect(names).toEqual([
      { path: 'inputs.in', detail: 'What arrives, for the task to speak about' },
      { path: 'inputs.in.left', detail: 'what comes from left' },
      { path: 'inputs.in.brief', detail: 'what comes from brief' },
      { path: 'brief.topic', detail: 'brief · text' },
      { path: 'brief.words', detail: 'brief · whole number' },
      { path: 'left.text', detail: 'left · text' },
    ]);
  });
});

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

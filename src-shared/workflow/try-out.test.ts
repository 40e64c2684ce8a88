import { describe, expect, it } from 'vitest';
import { tryExpression, tryTemplate } from './try-out.ts';

const values = { brief: { topic: 'looms', pages: 3 }, skipped: null, inputs: { in: 'x' } };

describe('an expression that is tried', () => {
  it('comes to its value', () => {
    expect(tryExpression('brief.pages > 2', values)).toEqual({ type: 'value', value: true });
    expect(tryExpression('skipped == null', values)).toEqual({ type: 'value', value: true });
  });

  it('names what is missing, each once', () => {
    expect(tryExpression('gone.text + gone.text + brief.title + brief.topic', values)).toEqual({
      type: 'missing',
      names: ['gone', 'brief.title'],
    });
  });

  it('says why it fails, and never throws', () => {
    expect(tryExpression('brief.pages + brief.topic', values)).toMatchObject({ type: 'failed' });
    expect(tryExpression('brief.', values)).toMatchObject({ type: 'failed' });
  });
});

describe('a template that is tried', () => {
  it('has its values where there are any, and says of the others what is wrong', () => {
    expect(tryTemplate('On {{ brief.topic }}, {{ brief.pages }} pages{{ gone }}{{ 1 / 0 }}', values)).toEqual([
      { type: 'text', text: 'On ' },
      { type: 'value', text: 'looms', source: 'brief.topic' },
      { type: 'text', text: ', ' },
      { type: 'value', text: '3', source: 'brief.pages' },
      { type: 'text', text: ' pages' },
      { type: 'missing', names: ['gone'], source: 'gone' },
      { type: 'failed', message: expect.any(String) as string, source: '1 / 0' },
    ]);
  });

  it('that never ends is one failed part', () => {
    expect(tryTemplate('On {{ brief', values)).toMatchObject([{ type: 'failed', source: 'On {{ brief' }]);
  });
});

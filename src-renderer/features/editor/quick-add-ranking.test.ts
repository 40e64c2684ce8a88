import { describe, expect, test } from 'vitest';
import { nodeKindNames } from '#shared/nodes/registry.ts';
import { rankKinds } from './quick-add-ranking.ts';

const found = (query: string) => rankKinds(query, null).map((choice) => choice.kind.kind);

describe('the search for a kind', () => {
  test('shows every kind in palette order while nothing is typed', () => {
    expect(found('')).toEqual([...nodeKindNames]);
  });

  test('puts a title that begins so first, then the shortcut, then words of the description', () => {
    expect(found('pro')[0]).toBe('prompt');
    expect(found('x')[0]).toBe('transform');
    expect(found('javascript')).toEqual(['code']);
    expect(found('waits approve')).toEqual(['approval']);
    expect(found('zebra')).toEqual([]);
  });

  test('from an output offers only kinds with an input that can take it', () => {
    const choices = rankKinds('', { side: 'outputs', port: { name: 'text', schema: { type: 'string' } } });
    expect(choices.map((choice) => choice.kind.kind)).not.toContain('input');
    expect(choices.map((choice) => choice.kind.kind)).not.toContain('note');
    expect(choices.find((choice) => choice.kind.kind === 'output')).toMatchObject({ port: 'value', verdict: 'fits' });
  });

  test('to an input offers only kinds with an output that can feed it, what fits first', () => {
    const choices = rankKinds('', { side: 'inputs', port: { name: 'count', schema: { type: 'integer' } } });
    const kinds = choices.map((choice) => choice.kind.kind);
    expect(kinds).not.toContain('output');
    expect(kinds).not.toContain('prompt');
    expect(choices[0]).toMatchObject({ port: 'turns', verdict: 'fits' });
  });
});

import { describe, expect, test } from 'vitest';
import type { JsonSchema } from '../base/json.ts';
import { verdictOnConnection } from './port-types.ts';

const text = { type: 'string' };
const number = { type: 'number' };
const integer = { type: 'integer' };
const list = (items: JsonSchema) => ({ type: 'array', items });
const object = (properties: JsonSchema, required: readonly string[], more: JsonSchema = {}) => ({
  type: 'object',
  properties,
  required,
  ...more,
});

describe('a connection', () => {
  test.each<[string, JsonSchema, JsonSchema]>([
    ['anything takes a text', text, {}],
    ['annotations ask for nothing', {}, { description: 'whatever', title: 'x' }],
    ['a text is a text', text, { type: 'string', description: 'a' }],
    ['a path is a text', { type: 'string', format: 'file' }, text],
    ['a whole number is a number', integer, number],
    ['a union takes its parts', text, { type: ['string', 'null'] }],
    ['a union takes a smaller union', { anyOf: [text, integer] }, { type: ['string', 'number', 'null'] }],
    ['an enum is of its type', { enum: ['a', 'b'] }, text],
    ['an enum takes a smaller enum', { type: 'string', enum: ['a'] }, { enum: ['a', 'b'] }],
    ['a constant is in an enum', { const: 3 }, { enum: [3, 4] }],
    ['lists of whole numbers are lists of numbers', list(integer), list(number)],
    ['a list is a list of anything', list(text), { type: 'array' }],
    ['an object has what is required', object({ a: integer, b: text }, ['a', 'b']), object({ a: number }, ['a'])],
    ['an optional member may be missing', object({}, []), object({ a: number }, [])],
    ['the same limits on both sides hold', { type: 'string', maxLength: 3 }, { type: 'string', maxLength: 3 }],
  ])('fits: %s', (_name, from, to) => {
    expect(verdictOnConnection(from, to)).toEqual({ verdict: 'fits' });
  });

  test.each<[string, JsonSchema, JsonSchema, string]>([
    ['anything may be a text', {}, text, 'it may be anything, and a text is needed'],
    ['a number may be whole', number, integer, 'only whole numbers are taken'],
    ['a text may be in an enum', text, { enum: ['a', 'b'] }, 'only one of "a", "b" is taken'],
    ['a union may give the right part', { type: ['string', 'null'] }, text, 'it is nothing, but a text is needed'],
    ['an enum may give an allowed value', { enum: ['a', 'c'] }, { enum: ['a', 'b'] }, '"c" is not taken; one of "a", "b" is needed'],
    ['an object may have the member', { type: 'object' }, object({ a: number }, ['a']), '“a” may be missing'],
    ['an optional member may be there', object({ a: number }, []), object({ a: number }, ['a']), '“a” may be missing'],
    ['a list may hold texts', { type: 'array' }, list(text), 'its items: it may be anything, and a text is needed'],
    ['limits are for run time', text, { type: 'string', pattern: '^a' }, 'its limits are checked when it runs'],
    ['references are for run time', { $ref: '#/$defs/a' }, text, 'the types can only be compared when it runs'],
    [
      'other members may come along',
      object({ a: number, b: text }, ['a']),
      object({ a: number }, ['a'], { additionalProperties: false }),
      'other members are not taken',
    ],
  ])('maybe: %s', (_name, from, to, reason) => {
    expect(verdictOnConnection(from, to)).toEqual({ verdict: 'maybe', reason });
  });

  test.each<[string, JsonSchema, JsonSchema, string]>([
    ['a number is no text', number, text, 'it is a number, but a text is needed'],
    ['a list is no object', list(text), { type: 'object' }, 'it is a list, but an object is needed'],
    [
      'no part of the union fits',
      { type: ['string', 'null'] },
      { type: ['number', 'boolean'] },
      'it is a text or nothing, but a number or true or false is needed',
    ],
    ['no value of the enum fits', { enum: ['a'] }, number, '"a" is not taken; a number is needed'],
    ['no number is in an enum of texts', number, { enum: ['a'] }, 'it is a number, but "a" is needed'],
    ['lists of texts are no lists of numbers', list(text), list(number), 'its items: it is a text, but a number is needed'],
    [
      'a required member has the wrong type',
      object({ a: text }, ['a']),
      object({ a: number }, ['a']),
      '“a”: it is a text, but a number is needed',
    ],
    [
      'a closed object lacks a required member',
      object({}, [], { additionalProperties: false }),
      object({ a: number }, ['a']),
      '“a” is missing',
    ],
    [
      'a closed object does not take a member that is sure to come',
      object({ b: text }, ['b']),
      object({}, [], { additionalProperties: false }),
      '“b” is not taken',
    ],
    [
      'deep inside',
      object({ a: list(object({ b: text }, ['b'])) }, ['a']),
      object({ a: list(object({ b: number }, ['b'])) }, ['a']),
      '“a”: its items: “b”: it is a text, but a number is needed',
    ],
  ])('refused: %s', (_name, from, to, reason) => {
    expect(verdictOnConnection(from, to)).toEqual({ verdict: 'refused', reason });
  });

  test('schemas nested without end and huge unions end in maybe', () => {
    let from: JsonSchema = text;
    let to: JsonSchema = number;
    for (let depth = 0; depth < 150; depth += 1) [from, to] = [list(from), list(to)];
    expect(verdictOnConnection(from, to).verdict).toBe('maybe');
    const union = { anyOf: Array.from({ length: 5_000 }, (_, index) => ({ const: index })) };
    expect(verdictOnConnection(union, text).verdict).toBe('maybe');
  });
});

import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '#shared/base/json.ts';
import { createArgumentChecker } from './check-arguments.ts';
import { isLinearPattern } from './linear-pattern.ts';

const check = createArgumentChecker();

it('says nothing of arguments that fit and one sentence of those that do not', () => {
  const schema = {
    type: 'object',
    properties: { path: { type: 'string' }, mode: { enum: ['a', 'b'] } },
    required: ['path'],
    additionalProperties: false,
  };
  expect(check(schema, { path: 'x' })).toBeUndefined();
  expect(check(schema, {})).toBe("the arguments must have required property 'path'.");
  expect(check(schema, { path: 1 })).toBe('path must be string.');
  expect(check(schema, { path: 'x', mode: 'c' })).toBe('mode must be equal to one of the allowed values: ["a","b"].');
  expect(check(schema, { path: 'x', extra: 1 })).toBe('the arguments must NOT have additional properties: extra.');
});

it('takes the schemas of servers: other drafts, the same id twice, unknown formats', () => {
  const foreign = (type: string): JsonSchema => ({
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://example.org/args',
    type: 'object',
    properties: { value: { type, format: 'no-such-format' } },
  });
  expect(check(foreign('string'), { value: 'x' })).toBeUndefined();
  expect(check(foreign('number'), { value: 'x' })).toBe('value must be number.');
});

it('is not fooled by what every object inherits', () => {
  expect(check({ type: 'object', required: ['constructor'] }, {})).toBe("the arguments must have required property 'constructor'.");
});

it.each([
  ['a reference to nowhere', { $ref: 'https://example.org/other' }],
  ['a type that does not exist', { type: 'strin' }],
  ['a broken pattern', { properties: { a: { type: 'string', pattern: '[' } } }],
])('refuses every argument of a tool whose own schema has %s', (_what, schema) => {
  expect(check(schema as JsonSchema, { a: 'x' })).toMatch(/^The tool's own schema cannot be read/);
});

it('does not run a pattern that could run away', () => {
  const schema = { properties: { a: { type: 'string', pattern: '^(a+)+$' }, b: { type: 'string', pattern: '^[a-z]+$' } } };
  expect(check(schema, { a: `${'a'.repeat(40)}!` })).toBeUndefined();
  expect(check(schema, { b: '1' })).toBe('b must match pattern "^[a-z]+$".');
});

describe('a pattern is linear', () => {
  it.each(['^[a-z]+$', '^\\d{4}-\\d{2}$', 'a*b*', '^(a|b)?c$', '[*+]+', '^\\w+@\\w+$'])('when it is %s', (pattern) => {
    expect(isLinearPattern(pattern)).toBe(true);
  });
  it.each(['(a+)+', '(a|a)*', '(a){2,}', 'a*a*a*', '(a)\\1', '(?<x>a)\\k<x>', `a{1,999}`.repeat(3), 'a'.repeat(501)])(
    'not when it is %s',
    (pattern) => {
      expect(isLinearPattern(pattern)).toBe(false);
    },
  );
});

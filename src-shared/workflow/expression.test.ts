import { describe, expect, test } from 'vitest';
import { rounds } from '../../tests/support/rounds.ts';
import { HeddleError } from '../base/errors.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { compileExpression, evaluateCondition, evaluateExpression, isReservedInExpressions, listReferences } from './expression.ts';

function refusalOf(act: () => unknown): HeddleError {
  try {
    act();
  } catch (error) {
    if (error instanceof HeddleError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('values come out as JSON', () => {
  const scope: JsonObject = {
    inputs: { in: 5, else: 'e', true: 't' },
    brief: { topic: 'looms', price: 2.5, count: 3, tags: ['a', 'b'], nothing: null },
    rows: [
      { name: 'x', amount: 10 },
      { name: 'y', amount: 12.5 },
    ],
    skipped: null,
    odd: { constructor: 'Ferrari', list: [{ constructor: 1 }] },
  };
  test.each<[string, JsonValue]>([
    ['1 + 1', 2],
    ['brief.count + 1', 4],
    ['brief.price * brief.count', 7.5],
    ['brief.count * 1.19', 3.57],
    ['1.5 + 1', 2.5],
    ['7 / 2', 3],
    ['7 / 2.0', 3.5],
    ['brief.topic + "!"', 'looms!'],
    ['brief.tags', ['a', 'b']],
    ['{"a": 1, "b": [1.5, "x"], "c": {"d": null}}', { a: 1, b: [1.5, 'x'], c: { d: null } }],
    ['rows.map(r, r.amount)', [10, 12.5]],
    ['rows.filter(r, r.amount > 11).map(r, r.name)', ['y']],
    ['rows.exists(r, r.name == "x")', true],
    ['rows[1].name', 'y'],
    ['inputs.in', 5],
    ['inputs. in + 1', 6],
    ['inputs.else', 'e'],
    ['inputs.true', 't'],
    ['"inputs.in" + ".true"', 'inputs.in.true'],
    ['r\'\\.in\' + """x.in"y"""', '\\.inx.in"y'],
    ['2 in [1, 2]', true],
    ['skipped == null', true],
    ['has(brief.topic) && !has(brief.missing)', true],
    ['size(brief.topic)', 5],
    ['brief.nothing', null],
    ['odd.constructor', 'Ferrari'],
    ['odd.list[0]', { constructor: 1 }],
    ['odd', { constructor: 'Ferrari', list: [{ constructor: 1 }] }],
    ['brief.topic.matches("^l.+s$")', true],
    ['timestamp("2024-02-03T04:05:06Z")', '2024-02-03T04:05:06.000Z'],
    ['cel.bind(x, brief.count, x * x)', 9],
    ['false || brief.count == 3 ? "three" : "other"', 'three'],
  ])('%s', (source, expected) => {
    expect(evaluateExpression(source, scope)).toEqual(expected);
    expect(evaluateExpression(source, scope), 'a second time, from the cache').toEqual(expected);
  });
});

describe('what is not valid says where', () => {
  test.each([
    ['1 +', 4, 'it ends too early'],
    ['a.b == "x', 8, 'Unterminated string'],
    ['foo(1)', 1, 'found no matching overload'],
    ['1 + "a"', 1, 'these cannot be combined: int + string'],
    ['__proto__', 1, 'Reserved identifier'],
    ['', 1, 'it is empty'],
    ['1 ? 2 : 3', 1, 'must be bool'],
  ])('%s', (source, column, words) => {
    const refusal = refusalOf(() => compileExpression(source));
    expect([refusal.code, refusal.details?.column]).toEqual(['expression.invalid', column]);
    expect(refusal.message).toContain(words);
  });

  test('also on a later line', () => {
    expect(refusalOf(() => compileExpression('true &&\n  (1 +')).message).toMatch(/at line 2, column 7/);
  });

  test('and refuses more than ten thousand characters', () => {
    expect(refusalOf(() => compileExpression(`1${' + 1'.repeat(3_000)}`)).message).toContain('longer than 10000');
  });

  test('and refuses what is nested without end instead of overflowing the stack', () => {
    for (const source of [
      '('.repeat(5_000),
      '['.repeat(4_999),
      `${'!'.repeat(9_000)}true`,
      `a${'.b'.repeat(4_000)}`,
      `${'a?b:'.repeat(2_000)}c`,
    ]) {
      expect(refusalOf(() => compileExpression(source)).code).toBe('expression.invalid');
    }
  });
});

describe('what fails says why', () => {
  const scope: JsonObject = { brief: { topic: 'looms' }, empty: null, big: 1e300 };
  test.each([
    ['brief.missing', 'there is no “missing” here'],
    ['nobody.text', '“nobody” is not known here'],
    ['constructor', '“constructor” is not known here'],
    ['brief.__proto__', 'there is no “__proto__” here'],
    ['brief.toString', 'there is no “toString” here'],
    ['empty.text', 'there is no “text” here'],
    ['brief.topic + dyn(1)', 'these cannot be combined'],
    ['1 / 0', 'division by zero'],
    ['big * big', 'no number JSON can hold'],
    ['b"abc"', 'neither text, number'],
    ['duration("1s")', 'neither text, number'],
    ['9007199254740993', 'too large to be exact'],
    ['brief.topic.matches("(?=x)")', 'the pattern has a look-around'],
  ])('%s', (source, words) => {
    const refusal = refusalOf(() => evaluateExpression(source, scope));
    expect(refusal.code).toBe('expression.failed');
    expect(refusal.message).toContain(words);
  });

  test('a condition must give true or false', () => {
    expect(evaluateCondition('brief.topic == "looms"', scope)).toBe(true);
    expect(refusalOf(() => evaluateCondition('brief.topic', scope)).message).toContain('must give true or false, this gave "looms"');
  });
});

describe('no expression holds the process', () => {
  const numbers = Array.from({ length: 1_000 }, (_, index) => index);
  const scope: JsonObject = { n: numbers, text: 'a'.repeat(100_000), t: 'x' };
  const hostile: readonly (readonly [name: string, source: string])[] = [
    [
      'a text that doubles itself',
      `${Array.from({ length: 40 }, (_, i) => `cel.bind(a${i + 1}, ${i === 0 ? 't + t' : `a${i} + a${i}`}, `).join('')}a40${')'.repeat(40)}`,
    ],
    ['searching a long text over and over', 'n.map(a, n.map(b, text.contains("b")))'],
    ['nested loops', 'n.map(a, n.map(b, n.map(c, a + b + c)))'],
    ['nested loops whose errors are swallowed', 'n.exists(a, n.exists(b, n.exists(c, a + b + c < 0))) || true'],
    [
      'a list that doubles itself',
      `[n].map(a0, ${Array.from({ length: 40 }, (_, i) => `[a${i} + a${i}].map(a${i + 1}, `).join('')}a40${')'.repeat(41)}`,
    ],
    ['a pattern over a long text over and over', 'n.map(a, text.matches("(a|b|ab)*c"))'],
    ['splitting into characters over and over', 'n.map(a, text.split(""))'],
  ];
  // Each takes as long as an expression may: the slow ones are left to the fault stage.
  test.each(hostile.slice(0, rounds(3, hostile.length)))('%s', (_name, source) => {
    const refusal = refusalOf(() => evaluateExpression(source, scope));
    expect(refusal.message).toContain('too many steps');
  });

  test('an exponential pattern is simply answered', () => {
    expect(evaluateExpression('text.matches("(a+)+$b")', scope)).toBe(false);
  });

  test('honest work over a thousand rows is not refused', () => {
    expect(evaluateExpression('n.filter(a, a % 2 == 0).map(a, {"id": a, "twice": a * 2}).exists(r, r.twice == 1996)', scope)).toBe(true);
    expect(evaluateExpression('n.map(a, text.contains("b")).exists(f, f)', { n: numbers, text: 'a'.repeat(50_000) })).toBe(false);
  });

  test('a value nested without end is refused', () => {
    let deep: JsonValue = 1;
    for (let level = 0; level < 5_000; level += 1) deep = [deep];
    expect(refusalOf(() => evaluateExpression('v.x', { v: { x: deep } })).message).toContain('more than 500 levels');
  });
});

describe('references', () => {
  const names = (source: string) =>
    listReferences(source).map((reference) => (reference.member === null ? reference.root : `${reference.root}.${reference.member}`));
  test.each([
    ['brief.topic + writer.text', ['brief.topic', 'writer.text']],
    ['inputs["in"].deep', ['inputs.in']],
    ['inputs.in > 3', ['inputs.in']],
    ['rows.map(r, r.x + offset.y)', ['rows', 'offset.y']],
    ['rows.exists(rows, rows.x)', ['rows']],
    ['has(a.b.c)', ['a.b']],
    ['cel.bind(x, a.b, x + c)', ['a.b', 'c']],
    ['cel.bind(x, x.b, x)', ['x.b']],
    ['a ? b.c : {"k": d}["k"]', ['a', 'b.c', 'd']],
    ['f.startsWith(g.h)', ['f', 'g.h']],
    ['type(a) == int', ['a']],
    ['"writer.text"', []],
  ])('%s', (source, expected) => {
    expect(names(source)).toEqual(expected);
  });

  test('carry the place of the name in the source', () => {
    expect(listReferences('1 + writer.text')).toEqual([{ root: 'writer', member: 'text', start: 4, end: 10 }]);
  });

  test('a compiled expression knows what it gives', () => {
    expect(['1 == 2', 'a.b', '"x"', '[1]'].map((source) => compileExpression(source).gives)).toEqual([
      'bool',
      'dyn',
      'string',
      'list<int>',
    ]);
  });
});

test('words that CEL keeps for itself are known', () => {
  expect(['if', 'in', 'int', 'string', 'cel', 'inputs', 'true'].filter((name) => !isReservedInExpressions(name))).toEqual([]);
  expect(['writer', 'size', 'input'].filter(isReservedInExpressions)).toEqual([]);
});

test('json writes any value as text', () => {
  const scope = { a: { list: [1, { b: 'c' }], none: null } };
  expect(evaluateExpression('json(a)', scope)).toBe('{"list":[1,{"b":"c"}],"none":null}');
  expect(evaluateExpression('json(a.list[0]) + json("x")', scope)).toBe('1"x"');
});

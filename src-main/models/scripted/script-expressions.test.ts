import { describe, expect, it } from 'vitest';
import type { JsonValue } from '#shared/base/json.ts';
import { checkScriptTemplates, compileScriptExpression, renderScriptTemplates } from './script-expressions.ts';
import { textFunctions } from './text-functions.ts';

const report = `# Looms of Lyon

Jacquard showed his loom in 1801. It used punched cards!
A weaver earned 2.5 francs a day; 30,000 looms ran in the city.

## Wages

- In 1831 the weavers rose. Wages fell by 12 %.
1. Nobody asked them?
`;

const evaluate = (source: string) =>
  compileScriptExpression(source)({
    report,
    rows: [
      { file: 'a.md', size: 3 },
      { file: 'b.md', size: 4.5 },
    ],
    empty: [],
  });

describe('functions for text in scripts', () => {
  const cases: readonly [string, JsonValue][] = [
    ['lines("a\\r\\nb")', ['a', 'b']],
    ['firstLine("\\n\\n  x \\ny")', 'x'],
    [
      'linesWith(report, "LOOM")',
      [
        '# Looms of Lyon',
        'Jacquard showed his loom in 1801. It used punched cards!',
        'A weaver earned 2.5 francs a day; 30,000 looms ran in the city.',
      ],
    ],
    ['headings(report)', ['Looms of Lyon', 'Wages']],
    ['paragraphs(report).size()', 3],
    ['sentences(report)[1]', 'It used punched cards!'],
    ['sentencesWith(report, "wages")', ['Wages fell by 12 %.']],
    ['sentencesWith(report, "nobody")', ['Nobody asked them?']],
    ['words("Zwölf, drei-mal")', ['Zwölf', 'drei', 'mal']],
    ['numbersIn(report)', ['1801', '2.5', '30,000', '1831', '12 %', '1']],
    ['truncate("a word too many", 6)', 'a wor…'],
    ['truncate("🧵🧵", 2)', '🧵🧵'],
    ['before("a: b", ": ")', 'a'],
    ['after("a: b", ": ")', 'b'],
    ['after("a", ": ")', ''],
    ['between("x <b> y", "<", ">")', 'b'],
    ['replace("a.a", ".", "$&")', 'a$&a'],
    ['fileName("docs/sub/a.md")', 'a.md'],
    ['bullets(rows.map(row, row.file))', '- a.md\n- b.md'],
    ['slice(rows, 0, 1)', [{ file: 'a.md', size: 3 }]],
    ['first(empty, "none")', 'none'],
    ['first(rows, null).file', 'a.md'],
    ['flatten([[1, 2], [3]])', [1, 2, 3]],
    ['unique(["a", "b", "a"])', ['a', 'b']],
    ['sum(rows.map(row, row.size))', 7.5],
    [
      'conflicts(["a", "b"], ["The old loom weaves 3 metres.", "An old loom weaves 5 metres a day."])',
      [{ first: 'The old loom weaves 3 metres.', firstSource: 'a', second: 'An old loom weaves 5 metres a day.', secondSource: 'b' }],
    ],
    ['round(2.0 / 3.0, 2)', 0.67],
    ['round(7, 1)', 7],
    ['parseJson("{\\"a\\": [1]}").a[0]', 1],
    ['parseJson("no")', null],
    ['toJson(rows[0])', '{"file":"a.md","size":3}'],
  ];

  it.each(cases)('%s', (source, value) => expect(evaluate(source)).toEqual(value));

  it('are all tried above', () => {
    const names = textFunctions.map(({ signature }) => signature.slice(0, signature.indexOf('(')));
    expect(names.filter((name) => !cases.some(([source]) => source.includes(`${name}(`)))).toEqual([]);
  });

  it('are not known to the expressions of workflows', async () => {
    const { compileExpression } = await import('#shared/workflow/expression.ts');
    expect(() => compileExpression('headings("# a")')).toThrow(expect.objectContaining({ code: 'expression.invalid' }));
  });
});

describe('templates in scripts', () => {
  it('keep the kind of a value that stands alone, and write it into text otherwise', () => {
    const rendered = renderScriptTemplates(
      { count: '{{ rows.size() }}', text: 'There are {{ rows.size() }} of {{ rows }}{{ none }}', list: ['{{ rows[0] }}', 1] },
      {
        rows: [{ a: 1 }],
        none: null,
      },
    );
    expect(rendered).toEqual({ count: 1, text: 'There are 1 of [{"a":1}]', list: [{ a: 1 }, 1] });
  });

  it('refuse what is not CEL before anything is asked', () => {
    expect(() => checkScriptTemplates({ deep: ['{{ 1 + }}'] })).toThrow(expect.objectContaining({ code: 'expression.invalid' }));
  });

  it('say where an expression failed', () => {
    expect(() => renderScriptTemplates('{{ rows[3] }}', { rows: [] })).toThrow(expect.objectContaining({ code: 'expression.failed' }));
  });

  it('never run away: a pattern that would take for ever on other engines ends at once', () => {
    const startedAt = performance.now();
    expect(compileScriptExpression('text.matches("^(a+)+$")')({ text: `${'a'.repeat(5_000)}b` })).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

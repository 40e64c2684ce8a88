import { type ASTNode, TypeError as CelTypeError, Environment, EvaluationError, ParseError, type ParseResult } from '@marcbachmann/cel-js';
import { HeddleError } from '../base/errors.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { chargeEvaluation, withBudget } from './cel-budget.ts';
import { maskSelectors, unmaskSelectors } from './cel-selectors.ts';
import { CelValueError, fromCelValue, toCelValue, type Weight } from './cel-values.ts';
import { findBinding, listChildren } from './cel-walk.ts';

/** Longer expressions are refused: work of that size belongs in a code node. */
const maxExpressionLength = 10_000;

/** A name that an expression takes from its scope, and the first member it asks of it. Positions count from the start of the source. */
export interface Reference {
  readonly root: string;
  readonly member: string | null;
  readonly start: number;
  readonly end: number;
}

/** A compiled CEL expression. */
export interface Expression {
  readonly source: string;
  readonly references: readonly Reference[];
  /** CEL's name for what it gives (`bool`, `string`, `int`, `list<int>`, …); `dyn` when that shows only at run time. */
  readonly gives: string;
  /** Gives the value, or throws `expression.failed` with the position. The scope holds each name an expression may use. */
  evaluate(scope: JsonObject): JsonValue;
}

/** The expression, compiled once and kept; throws `expression.invalid` with the position when it is not valid CEL. */
export function compileExpression(source: string): Expression {
  const found = cache.get(source) ?? remember(source, tryCompile(source));
  if (found instanceof HeddleError) throw found;
  return found;
}

/** The value of a CEL expression; throws `expression.invalid` or `expression.failed`. */
export function evaluateExpression(source: string, scope: JsonObject): JsonValue {
  return compileExpression(source).evaluate(scope);
}

/** The value of a condition; anything but true or false is `expression.failed`. */
export function evaluateCondition(source: string, scope: JsonObject): boolean {
  const value = evaluateExpression(source, scope);
  if (typeof value === 'boolean') return value;
  throw toExpressionError(
    'expression.failed',
    source,
    `a condition must give true or false, this gave ${JSON.stringify(value).slice(0, 100)}`,
    0,
    source.length,
  );
}

/** The names an expression takes from its scope, each place apart; names bound inside it (`rows.map(row, …)`) are not among them. */
export function listReferences(source: string): readonly Reference[] {
  return compileExpression(source).references;
}

/** True for words that CEL keeps for itself, so that no node can be called so in an expression. */
export function isReservedInExpressions(name: string): boolean {
  return reservedWords.has(name) || environment.hasVariable(name);
}

const reservedWords: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while prototype inputs'.split(
    ' ',
  ),
);

const environment = createEnvironment();

/** CEL as it is specified, but ints and doubles mix in arithmetic: JSON knows only one kind of number. */
function createEnvironment(): Environment {
  const created = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false, limits: { maxAstNodes: 10_000 } });
  const arithmetic = {
    '+': (left: number, right: number) => left + right,
    '-': (left: number, right: number) => left - right,
    '*': (left: number, right: number) => left * right,
    '/': (left: number, right: number) => left / right,
  };
  for (const [operator, compute] of Object.entries(arithmetic)) {
    const onNumbers = (left: unknown, right: unknown) => compute(Number(left), Number(right));
    created.registerOperator(`int ${operator} double: double`, onNumbers);
    created.registerOperator(`double ${operator} int: double`, onNumbers);
  }
  // Any value as text: what a template inserts, for expressions that must give a text.
  created.registerFunction('json(dyn): string', (value: unknown) => JSON.stringify(fromCelValue(value)));
  return created;
}

function tryCompile(source: string): Expression | HeddleError {
  if (source.length > maxExpressionLength) {
    return toExpressionError('expression.invalid', source, `it is longer than ${maxExpressionLength} characters; use a code node`, 0, 0);
  }
  if (source.trim() === '') return toExpressionError('expression.invalid', source, 'it is empty', 0, 0);
  try {
    const { masked, positions } = maskSelectors(source);
    const program = environment.parse(masked);
    unmaskSelectors(program.ast, positions);
    const checked = program.check();
    if (!checked.valid) throw checked.error;
    return createExpression(source, program, checked.type ?? 'dyn');
  } catch (error) {
    return toRefusal('expression.invalid', source, error);
  }
}

function createExpression(source: string, program: ParseResult, gives: string): Expression {
  const references = listTreeReferences(program.ast);
  const asked = toAskedMembers(references);
  let isCharged = false;
  return {
    source,
    references,
    gives,
    evaluate(scope) {
      if (!isCharged) chargeEvaluation(program.ast);
      isCharged = true;
      try {
        const weight = { units: 0 };
        const names = selectScope(asked, scope, weight);
        return fromCelValue(withBudget(weight.units, () => program(names as unknown as Record<string, unknown>)));
      } catch (error) {
        throw toRefusal('expression.failed', source, error);
      }
    },
  };
}

/** The members that an expression asks of each name; null where it asks for the whole. */
type AskedMembers = ReadonlyMap<string, ReadonlySet<string> | null>;

function toAskedMembers(references: readonly Reference[]): AskedMembers {
  const members = new Map<string, Set<string> | null>();
  for (const { root, member } of references) {
    if (member === null) members.set(root, null);
    else if (!members.has(root)) members.set(root, new Set([member]));
    else members.get(root)?.add(member);
  }
  return members;
}

/** Only what the expression asks for is converted: of `brief.topic` the topic, not the whole brief. */
function selectScope(members: AskedMembers, scope: JsonObject, weight: Weight): ReadonlyMap<string, unknown> {
  const names = new Map<string, unknown>();
  for (const [root, asked] of members) {
    if (!Object.hasOwn(scope, root)) continue;
    const value = scope[root] as JsonValue;
    const isWhole = asked === null || typeof value !== 'object' || value === null || Array.isArray(value);
    const wanted = isWhole ? value : Object.fromEntries(Object.entries(value).filter(([key]) => asked.has(key)));
    names.set(root, toCelValue(wanted, weight));
  }
  return names;
}

function listTreeReferences(ast: ASTNode): Reference[] {
  const references: Reference[] = [];
  visit(ast, null, new Set());
  return references;

  function visit(node: ASTNode, member: string | null, bound: ReadonlySet<string>): void {
    if (node.op === 'id') {
      if (!bound.has(node.args) && !environment.hasVariable(node.args))
        references.push({ root: node.args, member, start: node.start, end: node.end });
      return;
    }
    const asked = toMember(node);
    const binding = findBinding(node);
    const inner = binding === undefined ? bound : new Set(bound).add(binding.name);
    listChildren(node).forEach((child, index) => {
      visit(
        child,
        index === 0 ? asked : null,
        binding !== undefined && index >= binding.from ? inner : isBoundName(binding, index) ? inner : bound,
      );
    });
  }
}

/** The name that `cel.bind` introduces stands before the part it holds for. */
function isBoundName(binding: { readonly from: number } | undefined, index: number): boolean {
  return binding?.from === 3 && index === 1;
}

function toMember(node: ASTNode): string | null {
  if (node.op === '.' || node.op === '.?') return node.args[1];
  if ((node.op === '[]' || node.op === '[?]') && node.args[1].op === 'value' && typeof node.args[1].args === 'string')
    return node.args[1].args;
  return null;
}

/** Compiled expressions and refusals; the oldest go when their sources exceed four million characters together. */
const cache = new Map<string, Expression | HeddleError>();
let cachedCharacters = 0;

function remember(source: string, result: Expression | HeddleError): Expression | HeddleError {
  cache.set(source, result);
  cachedCharacters += source.length + 1;
  for (const oldest of cache.keys()) {
    if (cachedCharacters <= 4_000_000) break;
    cache.delete(oldest);
    cachedCharacters -= oldest.length + 1;
  }
  return result;
}

function toRefusal(code: 'expression.invalid' | 'expression.failed', source: string, error: unknown): HeddleError {
  if (error instanceof CelValueError) return toExpressionError(code, source, `a value ${error.message}`, 0, source.length);
  if (error instanceof ParseError || error instanceof EvaluationError || error instanceof CelTypeError) {
    return toExpressionError(code, source, toWords(error.summary), error.range?.start ?? 0, error.range?.end ?? source.length);
  }
  // Text and list operations that outgrow what JavaScript can hold, and trees deeper than its stack.
  if (error instanceof RangeError)
    return toExpressionError(code, source, `it is too large to compute (${error.message})`, 0, source.length);
  throw error;
}

function toWords(summary: string): string {
  return summary
    .replace(/^No such key: (.*)$/s, 'there is no “$1” here')
    .replace(/^Unknown variable: (.*)$/s, '“$1” is not known here')
    .replace('Unexpected token: EOF', 'it ends too early')
    .replace(/^no such overload: (.*)$/s, 'these cannot be combined: $1')
    .replace(/dyn<(\w+)>/g, '$1');
}

/** A refusal that says where in the source; `details` carries offset, line and column (from 1) for the editor. */
export function toExpressionError(
  code: 'expression.invalid' | 'expression.failed',
  source: string,
  problem: string,
  start: number,
  end: number,
): HeddleError {
  const before = source.slice(0, start).split('\n');
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  const place = line === 1 ? `column ${column}` : `line ${line}, column ${column}`;
  const verb = code === 'expression.invalid' ? 'is not valid' : 'failed';
  return new HeddleError(code, `The expression ${verb} at ${place}: ${problem}.`, {
    details: { expression: source.slice(0, 1_000), problem, start, end, line, column },
  });
}

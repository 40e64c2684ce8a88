import { type ASTNode, EvaluationError } from '@marcbachmann/cel-js';
import { walkCel } from './cel-walk.ts';
import { matchesPattern, PatternError } from './linear-regex.ts';

/**
 * How much one evaluation may do: about half a second of it on a slow machine. One unit is one step of the tree,
 * 64 characters of text or 8 items of a list.
 */
const evaluationBudget = 2_000_000;

/** What is left of the current evaluation. Evaluation is synchronous, so one is enough for all expressions. */
const budget = { units: 0, scopeUnits: 0 };

/** Runs `evaluate` under a fresh budget; `scopeUnits` is the size of the values it may see. */
export function withBudget<Result>(scopeUnits: number, evaluate: () => Result): Result {
  budget.units = evaluationBudget;
  budget.scopeUnits = scopeUnits;
  return evaluate();
}

const exhausted = new EvaluationError('it takes too many steps; use a code node for heavy work');

/**
 * Makes every node of the tree pay for its evaluation. cel-js has no limit of its own: nested `map`s over lists of a
 * thousand items would hold the process for minutes. Relies on `node.meta` and on `evaluate` being looked up on the node;
 * the version is pinned and the tests beside this file notice when that changes.
 */
export function chargeEvaluation(ast: ASTNode): void {
  walkCel(ast, (plain, parent) => {
    const node = plain as unknown as EvaluableNode;
    const price = priceOf(plain);
    const isCompared = parent?.op === '==' || parent?.op === '!=' || parent?.op === 'in';
    const evaluate = plain.op === 'rcall' && plain.args[0] === 'matches' && plain.args[2].length === 1 ? evaluateMatches : evaluateNode;
    node.evaluate = (evaluator, _node, context) => {
      spend(price);
      const value = evaluate(node, evaluator, context);
      spend(weigh(value, isCompared));
      return value;
    };
  });
}

interface EvaluableNode {
  evaluate(evaluator: Evaluator, node: EvaluableNode, context: unknown): unknown;
  readonly meta: {
    readonly alternate?: EvaluableNode;
    readonly macro?: EvaluableNode;
    evaluate(evaluator: Evaluator, node: EvaluableNode, context: unknown): unknown;
  };
  readonly args: unknown;
}
interface Evaluator {
  run(node: EvaluableNode, context: unknown): unknown;
}

function evaluateNode(node: EvaluableNode, evaluator: Evaluator, context: unknown): unknown {
  const { meta } = node;
  const expanded = meta.alternate ?? meta.macro;
  return expanded === undefined ? meta.evaluate(evaluator, node, context) : expanded.evaluate(evaluator, expanded, context);
}

/** JavaScript's own regular expressions can take exponential time; CEL promises linear time (RE2). */
function evaluateMatches(node: EvaluableNode, evaluator: Evaluator, context: unknown): boolean {
  const [, receiver, [argument]] = node.args as [string, EvaluableNode, [EvaluableNode]];
  const text = evaluator.run(receiver, context);
  const pattern = evaluator.run(argument, context);
  if (typeof text !== 'string' || typeof pattern !== 'string')
    throw new EvaluationError('matches() compares a text with a pattern', node as unknown as ASTNode);
  try {
    return matchesPattern(pattern, text, spend);
  } catch (error) {
    if (error instanceof PatternError) throw new EvaluationError(`the pattern ${error.message}`, node as unknown as ASTNode);
    throw error;
  }
}

function spend(units: number): void {
  budget.units -= units;
  // `||`, `&&`, `exists` and `all` may swallow this, but not for long: the next step throws it again.
  if (budget.units < 0) throw exhausted;
}

function priceOf(node: ASTNode): number {
  // Calendar functions with a time zone go through Intl, which takes some 20 µs.
  if (node.op === 'rcall') return node.args[0].startsWith('get') ? 100 : 4;
  return node.op === 'call' ? 4 : 1;
}

function weigh(value: unknown, isCompared: boolean): number {
  if (typeof value === 'string') return value.length >>> 6;
  if (typeof value !== 'object' || value === null) return 0;
  if (isCompared && !Array.isArray(value)) return budget.scopeUnits >>> 6;
  return Array.isArray(value) ? value.length >>> 3 : 0;
}

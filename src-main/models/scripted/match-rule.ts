import type { ScriptCondition, TextMatch } from './script.ts';
import { compileScriptExpression } from './script-expressions.ts';
import type { ScriptView } from './script-scope.ts';

/** Whether everything that a condition asks for holds. A CEL condition that fails throws `expression.failed`. */
export function matchesCondition(condition: ScriptCondition | undefined, view: ScriptView): boolean {
  if (condition === undefined) return true;
  const { system, lastUser, anyText, turn, afterTool, hasResultOf, offers, cel } = condition;
  return (
    (system === undefined || matchesText(system, view.system)) &&
    (lastUser === undefined || matchesText(lastUser, view.lastUser)) &&
    (anyText === undefined || matchesText(anyText, view.allText)) &&
    (turn === undefined ||
      (typeof turn === 'number'
        ? view.turn === turn
        : view.turn >= (turn.from ?? 0) && view.turn <= (turn.to ?? Number.POSITIVE_INFINITY))) &&
    (afterTool === undefined || view.freshTools.has(afterTool)) &&
    (hasResultOf === undefined || view.results.some((result) => result.name === hasResultOf)) &&
    (offers === undefined || toList(offers).every((name) => view.offeredTools.includes(name))) &&
    (cel === undefined || compileScriptExpression(cel)(view.scope) === true)
  );
}

/** Whether a text is as described. */
function matchesText(match: TextMatch, text: string): boolean {
  if (typeof match === 'string') return matchesText({ contains: match }, text);
  const fold = (value: string) => (match.caseSensitive === true ? value : value.toLowerCase());
  const folded = fold(text);
  return (
    toList(match.contains ?? []).every((part) => folded.includes(fold(part))) &&
    (match.equals === undefined || folded === fold(match.equals)) &&
    (match.startsWith === undefined || folded.startsWith(fold(match.startsWith))) &&
    (match.endsWith === undefined || folded.endsWith(fold(match.endsWith))) &&
    (match.glob === undefined || matchesGlob(fold(match.glob), folded))
  );
}

/** Greedy matching that goes back only to the last `*`: quadratic at worst, never exponential. */
function matchesGlob(glob: string, text: string): boolean {
  let atGlob = 0;
  let atText = 0;
  let star = -1;
  let starText = 0;
  while (atText < text.length) {
    const wanted = glob[atGlob];
    if (wanted === '*') {
      star = atGlob;
      starText = atText;
      atGlob += 1;
    } else if (wanted !== undefined && (wanted === '?' || wanted === text[atText])) {
      atGlob += 1;
      atText += 1;
    } else if (star >= 0) {
      atGlob = star + 1;
      starText += 1;
      atText = starText;
    } else return false;
  }
  while (glob[atGlob] === '*') atGlob += 1;
  return atGlob === glob.length;
}

function toList(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

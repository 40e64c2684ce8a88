import { useDeferredValue, useMemo } from 'react';
import { type TriedExpression, tryExpression, tryTemplate } from '#shared/workflow/try-out.ts';
import { TriedValue } from '../../ui/tried-value.tsx';
import type { Trial } from './trial.ts';

/** Below an expression: what it comes to with the values of the last run. What is wrong with its form the field itself says. */
export function TryOut({ source, trial }: { readonly source: string; readonly trial: Trial | null }) {
  const text = useDeferredValue(source);
  const tried = useMemo(() => (trial === null || text.trim() === '' ? null : tryExpression(text, trial.values)), [text, trial]);
  return tried === null || trial === null ? null : <TriedValue tried={tried} source={trial.source} />;
}

/** Below a short template, such as an argument: the value that it comes to. Nothing where it holds no expression. */
export function TryTemplate({ source, trial }: { readonly source: string; readonly trial: Trial | null }) {
  const text = useDeferredValue(source);
  const tried = useMemo(() => (trial === null || !text.includes('{{') ? null : toTried(text, trial)), [text, trial]);
  return tried === null || trial === null ? null : <TriedValue tried={tried} source={trial.source} />;
}

function toTried(source: string, { values }: Trial): TriedExpression {
  const parts = tryTemplate(source, values);
  const [only] = parts;
  if (parts.length === 1 && only?.type === 'value') return tryExpression(only.source, values);
  const missing = parts.flatMap((part) => (part.type === 'missing' ? part.names : []));
  if (missing.length > 0) return { type: 'missing', names: [...new Set(missing)] };
  const failed = parts.find((part) => part.type === 'failed');
  if (failed !== undefined) return failed;
  return { type: 'value', value: parts.map((part) => ('text' in part ? part.text : '')).join('') };
}

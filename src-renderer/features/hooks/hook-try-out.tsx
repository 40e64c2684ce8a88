import { useDeferredValue, useMemo } from 'react';
import type { HookDeclaration } from '#shared/workflow/document.ts';
import { tryExpression } from '#shared/workflow/try-out.ts';
import { useLastRun } from '../../state/last-run.ts';
import { toShortId } from '../../state/runs.ts';
import { TriedValue } from '../../ui/tried-value.tsx';
import { toHookValues } from './hook-trial.ts';

/** Below an expression of a hook: what it comes to with what the hook would have been told in the last run. */
export function HookTryOut({ source, hook, path }: { readonly source: string; readonly hook: HookDeclaration; readonly path: string }) {
  const run = useLastRun(path, null);
  const text = useDeferredValue(source);
  const values = useMemo(() => (run === null ? null : toHookValues(hook, run)), [hook, run]);
  const tried = useMemo(() => (values === null || text.trim() === '' ? null : tryExpression(text, values)), [text, values]);
  if (tried === null || values === null || run === null) return null;
  const name = values.node === null ? '' : ` at ${(values.node as { readonly name: string }).name}`;
  return (
    <div className="mt-1">
      <TriedValue tried={tried} source={`run #${toShortId(run.runId)}${name}`} />
    </div>
  );
}

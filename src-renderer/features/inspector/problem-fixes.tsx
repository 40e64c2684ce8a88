import type { Problem } from '#shared/workflow/problem.ts';
import { notifyError } from '../../app/notify.ts';
import { applyFix, useFixes } from '../../state/fixes.ts';
import { FixButtons } from '../../ui/fix-buttons.tsx';

/** The ways out of a problem, below what says it. */
export function ProblemFixes({ path, problem }: { readonly path: string; readonly problem: Problem }) {
  const fixes = useFixes(path, problem);
  if (fixes.length === 0) return null;
  return (
    <div className="mt-1">
      <FixButtons
        label={`Fixes for: ${problem.message}`}
        fixes={fixes.map((fix) => ({ title: fix.title, onSelect: () => void applyFix(path, fix).catch(notifyError) }))}
      />
    </div>
  );
}

import type { Problem } from '#shared/workflow/problem.ts';
import { notifyDone, notifyError } from '../../app/notify.ts';
import { undoEdit } from '../../state/documents.ts';
import { applyFix, fixAll, useFixes } from '../../state/fixes.ts';
import { FixButtons } from '../../ui/fix-buttons.tsx';

/** What can be done about the chosen problem, and about all of its kind. */
export function FixBar({ path, problem, others }: { readonly path: string; readonly problem: Problem; readonly others: number }) {
  const fixes = useFixes(path, problem);
  if (fixes.length === 0) return null;
  const single = fixes.map((fix) => ({ title: fix.title, onSelect: () => void applyFix(path, fix).catch(notifyError) }));
  const all = { title: `Fix all ${others + 1} of this kind`, onSelect: () => fixAllOf(path, problem.code) };
  return (
    <div className="border-t border-line px-4 py-1.5">
      <FixButtons label="Fixes for the chosen problem" fixes={others === 0 ? single : [...single, all]} />
    </div>
  );
}

function fixAllOf(path: string, code: string): void {
  try {
    const count = fixAll(path, code);
    if (count === 0) notifyDone('These have to be fixed one by one.');
    else notifyDone(`${count} problems fixed`, async () => undoEdit(path));
  } catch (thrown) {
    notifyError(thrown);
  }
}

import { GitFork } from 'lucide-react';
import { useFollowedRuns } from '../../state/followed-runs.ts';
import { toShortId } from '../../state/runs.ts';
import { openTab } from '../../state/tabs.ts';
import { Button } from '../../ui/button.tsx';
import { formatMoney } from '../../ui/format.ts';
import { useReplayDialog } from './replay-dialogs.ts';
import { useForkReport } from './use-fork-report.ts';

/** Above a fork: where it comes from, and how much of that it could take over. */
export function ForkBanner({ runKey }: { readonly runKey: string }) {
  const state = useFollowedRuns((store) => store.byKey[runKey]?.head ?? null);
  const runId = state?.runId ?? '';
  const origin = state?.forkedFrom ?? null;
  const report = useForkReport(runId, origin !== null && runKey.startsWith('run:'));
  if (origin === null) return null;
  return (
    <section aria-label="Forked" className="flex shrink-0 items-center gap-2 border-b border-line px-3 py-1.5 text-12">
      <GitFork size={14} aria-hidden className="shrink-0 text-ink-2" />
      <p className="min-w-0 flex-1 truncate">
        Forked from{' '}
        <button type="button" className="text-accent hover:underline" onClick={() => openTab({ type: 'run', runId: origin.runId })}>
          #{toShortId(origin.runId)}
        </button>{' '}
        at event {origin.atSeq}
        {report !== undefined &&
          ` · ${report.reused} reused, ${report.edited} edited, ${report.ranAgain} ran again${report.saved.costUsd ? ` · saved ${formatMoney(report.saved.costUsd)}` : ''}`}
      </p>
      <Button size="small" onClick={() => useReplayDialog.setState({ open: { type: 'forkReport', runId } })}>
        Which, and why
      </Button>
    </section>
  );
}

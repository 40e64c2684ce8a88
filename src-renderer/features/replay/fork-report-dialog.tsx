import type { ForkStep } from '#shared/context/fork-report.ts';
import { Badge } from '../../ui/badge.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DiffText } from '../../ui/diff-text.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { decisionWords, toReasonWords } from './reason-words.ts';
import { closeReplayDialog, useReplayDialog } from './replay-dialogs.ts';
import { useForkReport } from './use-fork-report.ts';

/** Every step of a fork: reused, edited or run again, and why. */
export function ForkReportDialog() {
  const open = useReplayDialog((store) => store.open);
  return open?.type === 'forkReport' ? <Content runId={open.runId} /> : null;
}

function Content({ runId }: { readonly runId: string }) {
  const report = useForkReport(runId, true);
  return (
    <Dialog isOpen onClose={closeReplayDialog} title="What this fork reused, and what it ran again" width="wide">
      {report === undefined ? (
        <Spinner label="Comparing the two runs" />
      ) : report.steps.length === 0 ? (
        <EmptyState isCompact title="Nothing yet" text="The fork has asked for nothing so far." />
      ) : (
        <ul aria-label="Steps" className="flex flex-col gap-2 pb-3">
          {report.steps.map((step) => (
            <StepRow key={`${step.type} ${step.frame}`} step={step} />
          ))}
        </ul>
      )}
    </Dialog>
  );
}

const tones = { reused: 'succeeded', edited: 'accent', ranAgain: 'waiting' } as const;

function StepRow({ step }: { readonly step: ForkStep }) {
  const changes = step.reason.type === 'changed' ? step.reason.changes : [];
  return (
    <li className="rounded-lg border border-line px-3 py-2 text-12">
      <div className="flex items-center gap-2">
        <Badge tone={tones[step.decision]}>{decisionWords[step.decision]}</Badge>
        <span className="font-semibold">{step.nodeName}</span>
        <span className="min-w-0 flex-1 truncate text-ink-2">{step.label}</span>
      </div>
      <p className="pt-1 text-ink-2">{toReasonWords(step.reason)}</p>
      {changes.map((change) => (
        <details key={change.label} className="pt-1">
          <summary className="cursor-pointer text-ink-2">{change.label}</summary>
          <DiffText diff={change.diff} />
        </details>
      ))}
    </li>
  );
}

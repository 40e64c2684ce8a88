import { useQuery } from '@tanstack/react-query';
import { CircleCheck, GitCompareArrows } from 'lucide-react';
import { useState } from 'react';
import type { Divergence, ReplayReport } from '#shared/run/replay-report.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { toCallError } from '../../state/call-error.ts';
import { getApi } from '../../state/connection.ts';
import { useRuns } from '../../state/runs.ts';
import { Badge } from '../../ui/badge.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DiffText } from '../../ui/diff-text.tsx';
import { formatCount } from '../../ui/format.ts';
import { Segments } from '../../ui/segments.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { classWords } from './reason-words.ts';
import { closeReplayDialog, useReplayDialog } from './replay-dialogs.ts';

/** Runs a run again from its journal alone, and says whether all of it comes again as it was. */
export function ReplayDialog() {
  const open = useReplayDialog((store) => store.open);
  return open?.type === 'replay' ? <Content key={open.runId} runId={open.runId} /> : null;
}

type Against = 'recorded' | 'file';

function Content({ runId }: { readonly runId: string }) {
  const path = useRuns((store) => store.byId[runId]?.workflowPath ?? null);
  const [against, setAgainst] = useState<Against>('recorded');
  const query = useQuery({
    queryKey: ['replay', runId, against],
    queryFn: () =>
      getApi().run.replay({ runId, ...(against === 'file' && path !== null ? { workflow: { type: 'file', path } as const } : {}) }),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const failure = query.isError ? toCallError(query.error) : null;
  return (
    <Dialog
      isOpen
      onClose={closeReplayDialog}
      title="Replay"
      description="Every step is done again from the journal alone: no model, no tool and nobody is asked."
      width="wide"
    >
      <div className="flex flex-col gap-3 pb-3">
        {path !== null && (
          <div>
            <Segments
              label="Follow"
              value={against}
              options={[
                { value: 'recorded', label: 'The workflow as it ran' },
                { value: 'file', label: 'The workflow as it now stands' },
              ]}
              onChange={setAgainst}
            />
          </div>
        )}
        {failure !== null ? (
          <ErrorNote error={failure} />
        ) : query.data === undefined || query.isFetching ? (
          <Spinner label="Replaying" />
        ) : (
          <Report report={query.data} />
        )}
      </div>
    </Dialog>
  );
}

function Report({ report }: { readonly report: ReplayReport }) {
  return (
    <section aria-label="Report" className="flex flex-col gap-3">
      <p className="flex items-center gap-2 text-13">
        {report.isConsistent ? (
          <CircleCheck size={16} aria-hidden className="text-succeeded" />
        ) : (
          <GitCompareArrows size={16} aria-hidden className="text-failed" />
        )}
        <strong>{report.isConsistent ? 'Consistent' : formatCount(report.divergences.length, 'divergence')}</strong>
        <span className="text-ink-2">
          {report.replayed.toLocaleString()} of {report.events.toLocaleString()} events came again as they were.
        </span>
      </p>
      {report.divergences.length > 0 && (
        <ol aria-label="Divergences" className="flex flex-col gap-2">
          {report.divergences.map((divergence, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a report never changes.
            <DivergenceRow key={index} divergence={divergence} />
          ))}
        </ol>
      )}
    </section>
  );
}

function DivergenceRow({ divergence }: { readonly divergence: Divergence }) {
  const { nearest } = divergence;
  return (
    <li className="rounded-lg border border-line px-3 py-2 text-12">
      <div className="flex items-center gap-2">
        <Badge>{classWords[divergence.class]}</Badge>
        <span className="min-w-0 flex-1 truncate font-mono text-11 text-ink-2">{divergence.frame || 'the run itself'}</span>
        {divergence.seq !== null && <span className="tabular text-11 text-ink-3">event {divergence.seq}</span>}
      </div>
      <p className="py-1">{divergence.message}</p>
      {divergence.changes.map((change) => (
        <div key={change.label} className="pt-1">
          <p className="text-ink-2">{change.label}</p>
          <DiffText diff={change.diff} />
        </div>
      ))}
      {divergence.changes.length === 0 && divergence.diff.length > 0 && <DiffText diff={divergence.diff} />}
      {divergence.isMissing && nearest !== null && (
        <p className="pt-1 text-ink-2">
          The nearest recording is at <span className="font-mono text-11">{nearest.frame}</span>.
        </p>
      )}
    </li>
  );
}

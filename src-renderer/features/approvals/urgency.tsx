import { AlarmClock, Megaphone } from 'lucide-react';
import type { OpenApproval } from '#shared/contract/runs.ts';
import { Countdown } from '../../ui/countdown.tsx';

/** How long there is to answer and what follows then, and who was told because nobody had answered. */
export function Urgency({ approval: { deadline, escalatedTo } }: { readonly approval: Pick<OpenApproval, 'deadline' | 'escalatedTo'> }) {
  if (deadline === null && escalatedTo === null) return null;
  return (
    <div className="flex flex-wrap gap-x-4 gap-y-1 text-12">
      {escalatedTo !== null && (
        <span className="flex items-center gap-1.5 text-waiting">
          <Megaphone size={13} aria-hidden />
          Nobody answered in time{escalatedTo === '' ? '' : `; ${escalatedTo} was told`}
        </span>
      )}
      {deadline !== null && (
        <span className="flex items-center gap-1.5 text-ink-2">
          <AlarmClock size={13} aria-hidden />
          <span>
            <Countdown dueAtMs={deadline.dueAtMs} prefix="Answer within" over="The time is over" className="text-ink-1" />, else{' '}
            {timeoutWords[deadline.onTimeout]}
          </span>
        </span>
      )}
    </div>
  );
}

const timeoutWords = {
  approve: 'it goes on as approved',
  deny: 'it counts as denied',
  fail: 'the node fails',
  escalate: 'others are told',
} as const;

import { UserCheck } from 'lucide-react';
import { selectShownApproval, toApprovalKey, useApprovals } from '../../state/approvals.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatCount } from '../../ui/format.ts';
import { ApprovalCard } from './approval-card.tsx';

/** One question at a time; after each decision the next one comes. */
export function ApprovalsInbox() {
  const { open, selectedKey } = useApprovals();
  const shown = selectShownApproval(open, selectedKey);
  if (shown === null)
    return (
      <EmptyState
        icon={<UserCheck size={28} />}
        title="Nothing waits for you"
        text="When a run needs a decision, it appears here and in the status bar."
      />
    );
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto max-w-180 p-6">
        <p className="mb-3 text-12 text-ink-2">
          {open.length === 1 ? 'One question waits for you.' : `${formatCount(open.length, 'question')} wait for you.`}
        </p>
        <ApprovalCard key={toApprovalKey(shown)} approval={shown} hasKeys />
      </div>
    </div>
  );
}

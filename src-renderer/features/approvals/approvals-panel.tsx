import { Megaphone, UserCheck } from 'lucide-react';
import { byAge, selectShownApproval, toApprovalKey, useApprovals } from '../../state/approvals.ts';
import { useIsOnline } from '../../state/connection.ts';
import { openTab } from '../../state/tabs.ts';
import { Countdown } from '../../ui/countdown.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { toQuestion } from './approval-words.ts';

/** The list of open questions, the longest waiting first. */
export function ApprovalsPanel() {
  const { open, isLoaded, selectedKey } = useApprovals();
  const isOnline = useIsOnline();
  const questions = byAge(open);
  const shown = selectShownApproval(open, selectedKey);
  return (
    <div className="flex h-full flex-col">
      <h2 className="section-label px-4 pt-3 pb-1.5">Waiting for you</h2>
      <div className="min-h-0 flex-1 px-2">
        {!isLoaded && open.length === 0 ? (
          <div className="px-2 py-1">
            {isOnline ? (
              <Spinner label="Loading approvals" />
            ) : (
              <p className="text-12 text-ink-2">Not connected. Questions appear when the host is back.</p>
            )}
          </div>
        ) : questions.length === 0 ? (
          <EmptyState
            isCompact
            icon={<UserCheck size={20} />}
            title="Nothing waits for you"
            text="When a run needs a decision, it appears here."
          />
        ) : (
          <VirtualList
            label="Open questions"
            items={questions}
            rowHeight={42}
            toKey={toApprovalKey}
            selectedIndex={shown === null ? -1 : questions.indexOf(shown)}
            onSelect={(approval) => {
              useApprovals.setState({ selectedKey: toApprovalKey(approval) });
              openTab({ type: 'approvals' });
            }}
          >
            {(approval, _index, isSelected) => (
              <div className={`flex h-full flex-col justify-center rounded-md px-2 ${isSelected ? 'bg-surface-3' : 'hover:bg-surface-2'}`}>
                <p className="flex items-center gap-1.5 text-13">
                  <span className="min-w-0 flex-1 truncate">{toQuestion(approval.subject)}</span>
                  {approval.escalatedTo !== null && (
                    <Megaphone size={13} className="shrink-0 text-waiting" aria-label="nobody answered in time" />
                  )}
                  {approval.deadline !== null && (
                    <Countdown dueAtMs={approval.deadline.dueAtMs} prefix="" over="over" className="shrink-0 text-11 text-waiting" />
                  )}
                </p>
                <p className="truncate text-11 text-ink-3">
                  <RelativeTime atMs={approval.requestedAtMs} /> · {approval.workflowName} · {approval.nodeName}
                </p>
              </div>
            )}
          </VirtualList>
        )}
      </div>
    </div>
  );
}

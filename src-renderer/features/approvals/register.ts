import { registerPanel } from '../../app/panels.ts';
import { ApprovalCard } from './approval-card.tsx';
import { ApprovalsInbox } from './approvals-inbox.tsx';
import { ApprovalsPanel } from './approvals-panel.tsx';

/** Everything that waits for a person: the list, the inbox, and the card that decides. */
export function register(): void {
  registerPanel('approvals', ApprovalsPanel);
  registerPanel('approvals-inbox', ApprovalsInbox);
  registerPanel('approval-card', ApprovalCard);
}

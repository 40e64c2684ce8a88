import { create } from 'zustand';
import type { OpenApproval } from '#shared/contract/runs.ts';

interface ApprovalsStore {
  readonly open: readonly OpenApproval[];
  readonly isLoaded: boolean;
  /** The one shown in the inbox, as `toApprovalKey` gives it. */
  readonly selectedKey: string | null;
}

export const useApprovals = create<ApprovalsStore>()(() => ({ open: [], isLoaded: false, selectedKey: null }));

/** The identity of an approval among all runs. */
export function toApprovalKey(approval: { readonly runId: string; readonly approvalId: string }): string {
  return `${approval.runId}/${approval.approvalId}`;
}

/** What the inbox shows: the selected approval while it is open, else the one that has waited longest. */
export function selectShownApproval(open: readonly OpenApproval[], selectedKey: string | null): OpenApproval | null {
  return open.find((approval) => toApprovalKey(approval) === selectedKey) ?? byAge(open)[0] ?? null;
}

/** Longest waiting first. */
export function byAge(open: readonly OpenApproval[]): readonly OpenApproval[] {
  return [...open].sort((a, b) => a.requestedAtMs - b.requestedAtMs);
}

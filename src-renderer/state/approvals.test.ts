import { expect, it } from 'vitest';
import type { OpenApproval } from '#shared/contract/runs.ts';
import { selectShownApproval, toApprovalKey } from './approvals.ts';

const approval = (approvalId: string, requestedAtMs: number): OpenApproval => ({
  runId: 'r1',
  workflowName: 'w',
  approvalId,
  node: 'n',
  nodeName: 'N',
  frame: 'n#1',
  subject: { type: 'node', title: 't', message: 'm', value: null, isEditable: false },
  requestedAtMs,
  deadline: null,
  escalatedTo: null,
});
const open = [approval('young', 2), approval('old', 1)];

it('shows the selected approval while it is open', () => {
  expect(selectShownApproval(open, toApprovalKey(approval('young', 2)))?.approvalId).toBe('young');
});

it('goes on to the one that has waited longest when the selected one is decided', () => {
  expect(selectShownApproval(open, 'r1/decided')?.approvalId).toBe('old');
  expect(selectShownApproval([], 'r1/decided')).toBeNull();
});

/**
 * A promise that this build is known to break, with the shrunk plan in `plans/` that shows it. When it is mended, the test of the plan says so:
 * then the entry goes, and the plan stays as a regression.
 */
export interface OpenFinding {
  readonly words: string;
  readonly breach: RegExp;
  readonly plan: string;
}

export const openFindings: readonly OpenFinding[] = [
  {
    words:
      'A node that is tried again makes a call again that an earlier attempt had completed, also of a tool that is neither idempotent nor deduped.',
    breach: /completed before, because its node was tried again$/,
    plan: 'completed-call-made-again.json',
  },
  {
    words:
      'An attempt that was at work when its model or settings were steered cannot be taken up after a crash: it asks with what was steered, and the journal has what was asked before.',
    breach: /run\.replayMiss/,
    plan: 'steered-then-crashed.json',
  },
  {
    words:
      'A host that dies while a map item, round or subflow undoes what a scope inside of it had done does not go on undoing: listRunning() asks only for the saga of the run itself.',
    breach: /is stuck.* while a scope is being undone/,
    plan: 'crash-while-undoing-a-scope.json',
  },
  {
    words:
      'A run that is held by an interrupt and then cancelled starts the nodes that were held inside of its maps, loops and subflows in the same breath: planNext() plans them before their scopes are asked to stop.',
    breach: /nothing starts after the run was asked to stop/,
    plan: 'cancelled-while-held.json',
  },
  {
    words:
      'The failures of a map stand in the order in which the items failed, so the same journal can give another output when it is taken up.',
    breach: /has a list in another order than undisturbed$/,
    plan: 'map-failures-in-order-of-time.json',
  },
];

/** Seeds that once failed and were mended, with what they had found. What a seed generates changes with the generators; the plans in `plans/` do not. */
export const regressionSeeds: readonly { readonly seed: number; readonly found: string }[] = [];

/** The finding that a breach belongs to, if it is known. */
export function findKnown(breach: string): OpenFinding | undefined {
  return openFindings.find((finding) => finding.breach.test(breach));
}

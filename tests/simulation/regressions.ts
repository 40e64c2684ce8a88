/**
 * A promise that this build is known to break, with the shrunk plan in `plans/` that shows it. When it is mended, the test of the plan says so:
 * then the entry goes, and the plan stays as a regression.
 */
export interface OpenFinding {
  readonly words: string;
  readonly breach: RegExp;
  readonly plan: string;
}

export const openFindings: readonly OpenFinding[] = [];

/** Seeds that once failed and were mended, with what they had found. What a seed generates changes with the generators; the plans in `plans/` do not. */
export const regressionSeeds: readonly { readonly seed: number; readonly found: string }[] = [];

/** The finding that a breach belongs to, if it is known. */
export function findKnown(breach: string): OpenFinding | undefined {
  return openFindings.find((finding) => finding.breach.test(breach));
}

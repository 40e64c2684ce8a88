import { isDeepStrictEqual } from 'node:util';
import { type JsonObject, type JsonValue, toCanonicalJson } from '#shared/base/json.ts';
import { type SimulationPlan, toCalmPlan, toDisturbedPlan } from './plan.ts';
import { type SimulationResult, simulate } from './simulation.ts';

/** What came of a seed or plan: the first broken promise with the plan that breaks it, and all that was simulated on the way. */
export interface CampaignReport {
  readonly breach: string | null;
  readonly plan: SimulationPlan;
  /** The undisturbed simulation first; the last one is that of the breach. */
  readonly results: readonly SimulationResult[];
}

/** In how many ways each seed is disturbed: the undisturbed simulation that they are compared with is paid for once. */
const variants = 3;

/** All that a seed decides: its plan undisturbed, then with what goes wrong in each variant, up to the first breach. */
export async function simulateSeed(seed: number): Promise<CampaignReport> {
  const calmPlan = toCalmPlan(seed);
  const calm = await simulate(calmPlan);
  const results = [calm];
  let plan = calmPlan;
  let { breach } = calm;
  for (let variant = 1; variant <= variants && breach === null; variant += 1) {
    plan = toDisturbedPlan(calmPlan, calm.liveSteps, variant);
    const disturbed = await simulate(plan);
    results.push(disturbed);
    breach = judge(plan, calm, disturbed);
  }
  return { breach, plan, results };
}

/** A plan as it stands, with what it comes to undisturbed beside it. */
export async function simulatePlan(plan: SimulationPlan): Promise<CampaignReport> {
  const calm = await simulate({ ...plan, disturbances: [] });
  if (calm.breach !== null || plan.disturbances.length === 0) return { breach: calm.breach, plan, results: [calm] };
  const disturbed = await simulate(plan);
  return { breach: judge(plan, calm, disturbed), plan, results: [calm, disturbed] };
}

/**
 * A plan, and the same with what goes wrong some steps earlier or later: a build that takes a step more on the way still meets the moment that
 * the plan is about. Gives the first breach.
 */
export async function simulateAround(plan: SimulationPlan): Promise<string | null> {
  for (const shift of [0, 1, -1, 2, -2, 3, -3, 4, -4]) {
    const disturbances = plan.disturbances.map((disturbance, index) =>
      index === 0 ? { ...disturbance, afterSteps: Math.max(0, disturbance.afterSteps + shift) } : disturbance,
    );
    const { breach } = await simulatePlan({ ...plan, disturbances });
    if (breach !== null) return breach;
  }
  return null;
}

function judge(plan: SimulationPlan, calm: SimulationResult, disturbed: SimulationResult): string | null {
  return disturbed.breach ?? (plan.profile === 'crashes' ? findDifference(calm, disturbed) : null);
}

/** What came out differently though only hosts died. Runs that fail may fail at another node: which of two is first is a matter of time. */
function findDifference(calm: SimulationResult, disturbed: SimulationResult): string | null {
  for (const [index, expected] of calm.endings.entries()) {
    const found = disturbed.endings[index];
    if (found?.status !== expected?.status) return `run ${index} ended ${found?.status}, but undisturbed it ${expected?.status}`;
    if (expected?.status !== 'succeeded') continue;
    if (!isDeepStrictEqual(found?.outcome, expected.outcome)) {
      if (toOrderless(found?.outcome ?? null) === toOrderless(expected.outcome))
        return `run ${index} has a list in another order than undisturbed`;
      return `run ${index} came to ${JSON.stringify(found?.outcome)}, but undisturbed to ${JSON.stringify(expected.outcome)}`;
    }
    if (!isDeepStrictEqual(found?.effects, expected.effects)) {
      return `run ${index} had the effects ${JSON.stringify(found?.effects)}, but undisturbed ${JSON.stringify(expected.effects)}`;
    }
  }
  return null;
}

/** A value's text with every list sorted. */
function toOrderless(value: JsonValue): string {
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(toOrderless).sort().join(',')}]`;
  if (typeof value !== 'object' || value === null) return toCanonicalJson(value);
  return toCanonicalJson(
    Object.entries(value as JsonObject)
      .map(([key, item]) => `${key} ${toOrderless(item)}`)
      .sort(),
  );
}

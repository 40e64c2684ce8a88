import type { z } from 'zod';
import { createLanes, type Lanes } from '#main/runtime/lanes/lanes.ts';
import { createOutsideCalls, type OutsideCalls } from '#main/runtime/outside-calls.ts';
import type { Clock } from '#shared/base/clock.ts';
import { breakerSettingsSchema, schedulingSettingsSchema } from '#shared/run/lane-settings.ts';

/** The way to models and tools with the settings of a fresh installation, but for the most calls at work at once. */
export function createTestCalls(clock: Clock, maxCalls = 16, isBreakerOn = true): OutsideCalls {
  return createOutsideCalls(clock, { maxCalls, limits: {}, breaker: breakerSettingsSchema.parse({ isOn: isBreakerOn }) });
}

/** The lanes of a fresh installation, or with these settings. */
export function createTestLanes(clock: Clock, settings: z.input<typeof schedulingSettingsSchema> = {}): Lanes {
  return createLanes(clock, schedulingSettingsSchema.parse(settings));
}

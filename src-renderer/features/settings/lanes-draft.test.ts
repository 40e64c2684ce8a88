import { expect, it } from 'vitest';
import { settingsSchema } from '#shared/contract/settings.ts';
import { addLane, readDraft, type SchedulingDraft, toDraft } from './lanes-draft.ts';

const settings = settingsSchema.parse({
  maxParallelNodes: 12,
  scheduling: {
    lanes: [
      { name: 'default' },
      { name: 'slow', priority: -5, quota: 2, maxDepth: 20, whenFull: 'shed', rate: { type: 'leakyBucket', perSecond: 0.5, depth: 4 } },
      { name: 'fast', rate: { type: 'tokenBucket', perSecond: 10, burst: 20 } },
    ],
    limits: { provider: { each: 4, byName: { openai: 8 } }, gpu: { byName: { 'a.b': 1 } } },
    breaker: { failureShare: 0.255 },
  },
});
const draft = toDraft(settings);
const problemsOf = (changed: SchedulingDraft) => {
  const reading = readDraft(changed);
  return reading.type === 'invalid' ? reading.problems : {};
};

it('reads what it wrote', () => {
  expect(readDraft(draft)).toEqual({
    type: 'valid',
    settings: { scheduling: settings.scheduling, maxParallelNodes: 12 },
  });
});

it('shows the default lane also when the settings leave it out', () => {
  expect(toDraft(settingsSchema.parse({ scheduling: { lanes: [{ name: 'slow' }] } })).lanes.map(({ name }) => name)).toEqual([
    'default',
    'slow',
  ]);
});

it('says at each field what is wrong with it, in its own units', () => {
  const [first, slow, fast] = draft.lanes as [SchedulingDraft['lanes'][0], SchedulingDraft['lanes'][0], SchedulingDraft['lanes'][0]];
  const changed: SchedulingDraft = {
    ...draft,
    lanes: [first, { ...slow, name: 'Slow!', quota: '0', maxDepth: '1.5', perSecond: '' }, { ...fast, name: 'default', perSecond: '0' }],
    workers: { min: '3', max: '9', calmMs: '0.01' },
    limits: [
      { sort: 'provider', name: '', limit: 'many' },
      { sort: 'provider', name: 'openai', limit: '0' },
      { sort: 'provider', name: ' openai ', limit: '3' },
    ],
    breaker: { ...draft.breaker, failureShare: '140', openMs: '' },
    maxParallelNodes: '5000',
  };
  expect(problemsOf(changed)).toEqual({
    'lanes.1.name': 'Lower-case letters, digits and -, at most 32.',
    'lanes.1.quota': 'At least 1.',
    'lanes.1.maxDepth': 'A whole number.',
    'lanes.1.rate.perSecond': 'A number.',
    'lanes.2.name': 'Another lane has this name.',
    'lanes.2.rate.perSecond': 'More than 0.',
    'workers.calmMs': 'At least 0.1.',
    'limits.0.limit': 'A number.',
    'limits.1.limit': 'At least 1.',
    'limits.2.name': 'There is a limit for this already.',
    'breaker.failureShare': 'At most 100.',
    'breaker.openMs': 'A number.',
    maxParallelNodes: 'At most 1,000.',
  });
});

it('refuses fewer workers at most than at least', () => {
  expect(problemsOf({ ...draft, workers: { min: '9', max: '3', calmMs: '10' } })).toEqual({ 'workers.max': 'Not below the fewest.' });
});

it('adds lanes under names that are free', () => {
  expect(addLane(addLane(draft.lanes)).map(({ name }) => name)).toEqual(['default', 'slow', 'fast', 'lane', 'lane-2']);
});

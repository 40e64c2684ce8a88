import { expect, it } from 'vitest';
import { createSimulatedClock } from '../../tests/support/simulated-clock.ts';
import { crashesBeforeRefusal, crashWindowMs, createCrashLedger, hashScript } from './crash-ledger.ts';

it('a script is refused after its third crash, others are not, and it is forgiven when the window has passed', async () => {
  const clock = createSimulatedClock();
  const ledger = createCrashLedger(clock);
  const hash = hashScript('crash');
  for (let crash = 1; crash <= crashesBeforeRefusal; crash += 1) {
    expect(ledger.isRefused(hash)).toBe(false);
    ledger.record(hash);
  }
  expect(ledger.isRefused(hash)).toBe(true);
  expect(ledger.isRefused(hashScript('other'))).toBe(false);
  expect(ledger.counts()).toEqual({ [hash]: 3 });

  await clock.advance(crashWindowMs);
  expect(ledger.isRefused(hash)).toBe(false);
  expect(ledger.counts()).toEqual({});
});

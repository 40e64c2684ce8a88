import { expect, test } from 'vitest';
import { addCounts, noCounts, playwrightCounts, summaryLine, summaryTable, vitestCounts, withExitCode } from './stage-counts.ts';

test('the last line sums all runners', () => {
  const total = [
    { passed: 2, failed: 0, skipped: 1 },
    { passed: 3, failed: 1, skipped: 0 },
  ].reduce(addCounts, noCounts);
  expect(summaryLine(total)).toBe('5 passed, 1 failed, 1 skipped');
});

test('a test file that could not be loaded counts as one failed test', () => {
  const report = {
    numPassedTests: 4,
    numFailedTests: 1,
    numPendingTests: 1,
    numTodoTests: 2,
    testResults: [
      { status: 'failed', assertionResults: [{}] },
      { status: 'failed', assertionResults: [] },
      { status: 'passed', assertionResults: [{}, {}] },
    ],
  };
  expect(vitestCounts(report)).toEqual({ passed: 4, failed: 2, skipped: 3 });
});

test('a flaky journey has failed', () => {
  expect(playwrightCounts({ stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 2 }, errors: [{}] })).toEqual({
    passed: 5,
    failed: 3,
    skipped: 2,
  });
});

test('a runner that ends badly without naming a failure has failed once', () => {
  expect(withExitCode({ passed: 7, failed: 0, skipped: 0 }, 1)).toEqual({ passed: 7, failed: 1, skipped: 0 });
  expect(withExitCode({ passed: 7, failed: 2, skipped: 0 }, 1)).toEqual({ passed: 7, failed: 2, skipped: 0 });
  expect(withExitCode({ passed: 7, failed: 0, skipped: 0 }, 0)).toEqual({ passed: 7, failed: 0, skipped: 0 });
});

test('the table has one row a runner', () => {
  expect(summaryTable([{ name: 'unit', seconds: 1.25, counts: { passed: 10, failed: 0, skipped: 2 } }]).split('\n')).toEqual([
    'runner                passed  failed  skipped  seconds',
    'unit                      10       0        2      1.3',
  ]);
});

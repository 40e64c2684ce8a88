import { expect, it } from 'vitest';
import { canRun, findCommandByKeys, onCommandFailure, registerCommands, runCommand } from './commands.ts';

it('finds a command by its chord only while it makes sense', () => {
  let isPossible = false;
  registerCommands([{ id: 'test.chord', title: 'Chord', group: 'Help', keys: 'Mod+1', when: () => isPossible, run: () => undefined }]);
  expect([findCommandByKeys('Mod+1'), canRun('test.chord')]).toEqual([undefined, false]);
  isPossible = true;
  expect([findCommandByKeys('Mod+1')?.id, canRun('test.chord')]).toEqual(['test.chord', true]);
});

it('refuses an id or a chord that is taken', () => {
  registerCommands([{ id: 'test.one', title: 'One', group: 'Help', keys: 'Mod+2', run: () => undefined }]);
  expect(() => registerCommands([{ id: 'test.one', title: 'One', group: 'Help', run: () => undefined }])).toThrow('twice');
  expect(() => registerCommands([{ id: 'test.two', title: 'Two', group: 'Help', keys: 'Mod+2', run: () => undefined }])).toThrow(
    'belongs to test.one',
  );
});

it('reports what a command throws, at once or later', async () => {
  const reported: unknown[] = [];
  onCommandFailure((thrown) => reported.push(thrown));
  registerCommands([
    {
      id: 'test.throws',
      title: 'Throws',
      group: 'Help',
      run: () => {
        throw new Error('now');
      },
    },
    { id: 'test.rejects', title: 'Rejects', group: 'Help', run: () => Promise.reject(new Error('later')) },
  ]);
  runCommand('test.throws');
  runCommand('test.rejects');
  await Promise.resolve();
  await Promise.resolve();
  expect(reported.map(String)).toEqual(['Error: now', 'Error: later']);
});

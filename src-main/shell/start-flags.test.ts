import { expect, test } from 'vitest';
import { readStartFlags } from './start-flags.ts';

test('our flags are found among those of Electron', () => {
  const argv = ['--inspect=0', '--no-sandbox', '/opt/heddle', '--port', '4100', '--workspace', 'work', '--enable-features=a,b'];
  expect(readStartFlags(argv, '/nowhere/at/all')).toEqual({ workspace: '/nowhere/at/all/work', port: '4100' });
  expect(readStartFlags(['--workspace=/nowhere/else'], '/')).toEqual({ workspace: '/nowhere/else', port: undefined });
});

test('a start without flags, or with one that lost its value, leaves the choice to the host', () => {
  expect(readStartFlags(['.'], '/')).toEqual({ workspace: undefined, port: undefined });
  expect(readStartFlags(['.', '--workspace'], '/')).toEqual({ workspace: undefined, port: undefined });
});

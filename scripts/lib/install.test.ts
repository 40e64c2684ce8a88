import { expect, test } from 'vitest';
import { whyInstall } from './install.mjs';

const wanted = {
  '': { version: '0.1.0' },
  'node_modules/zod': { version: '4.6.7' },
  'node_modules/other-platform': { version: '1.0.0', optional: true },
};

test('nothing is installed when what is there is what is locked', () => {
  expect(whyInstall(wanted, { 'node_modules/zod': { version: '4.6.7' } })).toBeUndefined();
});

test('a missing folder, a missing package and another version each need an install', () => {
  expect(whyInstall(wanted, undefined)).toBe('node_modules is missing');
  expect(whyInstall(wanted, {})).toBe('zod is not the locked version');
  expect(whyInstall(wanted, { 'node_modules/zod': { version: '4.6.6' } })).toBe('zod is not the locked version');
});

test('an optional package that is there must be the locked version', () => {
  const installed = { 'node_modules/zod': { version: '4.6.7' }, 'node_modules/other-platform': { version: '0.9.0' } };
  expect(whyInstall(wanted, installed)).toBe('other-platform is not the locked version');
});

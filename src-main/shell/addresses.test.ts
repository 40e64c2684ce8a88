import { expect, test } from 'vitest';
import { isOfHost, toExternalAddress } from './addresses.ts';

test('only web and mail addresses go to the system browser', () => {
  expect(toExternalAddress('https://example.org/a?b#c')).toBe('https://example.org/a?b#c');
  expect(toExternalAddress('HTTP://example.org')).toBe('http://example.org/');
  expect(toExternalAddress('mailto:someone@example.org')).toBe('mailto:someone@example.org');
  for (const address of [
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    'vscode://open',
    'ms-msdt:/id',
    '\\\\server\\share',
    'example.org',
    '',
  ]) {
    expect(toExternalAddress(address), address).toBeUndefined();
  }
});

test('a page is of the host only with the same scheme, name and port', () => {
  const host = 'http://127.0.0.1:4100/?token=abc';
  expect(isOfHost('http://127.0.0.1:4100/some/where', host)).toBe(true);
  for (const address of [
    'http://127.0.0.1:4101/',
    'http://localhost:4100/',
    'https://127.0.0.1:4100/',
    'http://127.0.0.1:4100@evil.example/',
    'http://127.0.0.1:4100.evil.example/',
    'about:blank',
    'blob:null/1',
    'no address',
  ]) {
    expect(isOfHost(address, host), address).toBe(false);
  }
});

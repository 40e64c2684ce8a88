import { expect, it } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import { toCallError } from './call-error.ts';

it('passes on the refusal of the host word for word', () => {
  expect(toCallError(new HeddleError('run.notFound', 'No run r1.'))).toEqual({ code: 'run.notFound', message: 'No run r1.' });
});

it('takes what the user ended for no error, and anything else for a bug', () => {
  expect(toCallError(new DOMException('x', 'AbortError'))).toBeNull();
  expect(toCallError(new TypeError('x is undefined'))).toEqual({ code: 'internal.bug', message: 'x is undefined' });
});

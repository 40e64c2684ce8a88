import { expect, it } from 'vitest';
import { errorCodes } from '#shared/base/errors.ts';
import { coreCommandIds } from './core-command-ids.ts';
import { errorWords } from './error-words.ts';

it('has words for every code, and each says what, why and what to do in whole sentences', () => {
  for (const code of errorCodes) {
    const words = errorWords[code];
    expect(words.what, code).toMatch(/^[A-Z“].*[^.]$/);
    expect(words.why, code).toMatch(/^[A-Z“].*\.$/);
    expect(words.todo, code).toMatch(/^[A-Z“].*\.$/);
  }
});

it('offers only commands that exist', () => {
  for (const code of errorCodes) {
    const { action } = errorWords[code];
    if (action !== undefined) expect(coreCommandIds, code).toContain(action.command);
  }
});

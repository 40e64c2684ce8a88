import { describe, expect, it } from 'vitest';
import { redactSecrets } from './redact-secrets.ts';

describe('redacting', () => {
  it('takes known secrets out in every form they are likely to be echoed in', () => {
    const secret = 'p/ass"w+ord';
    const text = [secret, encodeURIComponent(secret), JSON.stringify({ secret }), Buffer.from(secret).toString('base64')].join(' | ');
    expect(redactSecrets(text, [secret])).toBe('[redacted] | [redacted] | {"secret":"[redacted]"} | [redacted]');
  });

  it('takes out what looks like a key, also when it is masked', () => {
    expect(redactSecrets('Incorrect API key provided: sk-proj-ab***************wxyz. Bearer abcdefghijk', [])).toBe(
      'Incorrect API key provided: [redacted]. Bearer [redacted]',
    );
  });

  it('leaves words alone that are too short to be secrets', () => {
    expect(redactSecrets('a team of ten', ['team', ''])).toBe('a team of ten');
  });
});

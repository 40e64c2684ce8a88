/** Replaces known secrets, and whatever looks like a key, by `[redacted]`. For texts that come from outside and are shown or recorded. */
export function redactSecrets(text: string, knownSecrets: readonly string[]): string {
  let redacted = text;
  for (const secret of knownSecrets) {
    // Shorter values are words that occur by chance; no provider gives out such keys.
    if (secret.length < 6) continue;
    for (const form of new Set([
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64'),
    ])) {
      redacted = redacted.replaceAll(form, mark);
    }
  }
  return redacted.replaceAll(keyLike, (_, lead: string | undefined) => `${lead ?? ''}${mark}`);
}

const mark = '[redacted]';
/** `sk-…` keys (also masked with stars, as OpenAI echoes them) and bearer tokens. */
const keyLike = /(\bBearer\s{1,4})[A-Za-z0-9._~+/=*-]{8,}|\bsk-[A-Za-z0-9_*-]{6,}/g;

import { hash } from 'node:crypto';
import { type JsonValue, toCanonicalJson } from '#shared/base/json.ts';

/** Hex SHA-256 of a value's canonical JSON: equal content, equal hash. */
export function toContentHash(value: JsonValue): string {
  return hash('sha256', toCanonicalJson(value), 'hex');
}

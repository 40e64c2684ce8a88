import type { ErrorInfo } from '#shared/base/errors.ts';

/** What a caller is told about a bug. */
export function toBugInfo(id: string): ErrorInfo {
  return { code: 'internal.bug', message: bugWords(id), details: { id } };
}

function bugWords(id: string): string {
  return `Something went wrong inside Heddle. The log of the host has the particulars under ${id}; please report it with them.`;
}

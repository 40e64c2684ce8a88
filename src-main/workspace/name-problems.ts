import type { z } from 'zod';

/** What zod found, each problem with its key: `providers[0].baseUrl: Invalid URL; theme: Invalid option`. */
export function nameProblems(error: z.ZodError): string {
  return error.issues.map(nameProblem).join('; ');
}

function nameProblem(issue: z.core.$ZodIssue): string {
  const keys = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => toKey([...issue.path, key])).join(', ') : toKey(issue.path);
  return issue.code === 'unrecognized_keys' ? `${keys}: there is no such setting` : `${keys}: ${issue.message}`;
}

/** `['a', 0, 'b']` as `a[0].b`. */
export function toKey(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '(the whole)';
  return path.reduce<string>(
    (key, part) => (typeof part === 'number' ? `${key}[${part}]` : key === '' ? String(part) : `${key}.${String(part)}`),
    '',
  );
}

import { isReservedInExpressions } from './expression.ts';

/** `writer`, else `writer2`, `writer3`, …: the first that no node has and that expressions may say. */
export function toFreeId(taken: ReadonlySet<string>, wanted: string): string {
  const base = wanted.replace(/\d+$/, '').slice(0, 56) || 'node';
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? wanted : `${base}${number}`;
    if (!taken.has(id) && !isReservedInExpressions(id)) return id;
  }
}

/** As `toFreeId`, for names: `Agent`, `Agent 2`, … */
export function toFreeName(taken: ReadonlySet<string>, wanted: string): string {
  const base = wanted.replace(/ \d+$/, '');
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${base} ${number}`;
    if (!taken.has(name)) return name;
  }
}

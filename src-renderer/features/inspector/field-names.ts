import type { JsonObject } from '#shared/base/json.ts';

/** A name that no item of the list has: `field`, `field2`, … */
export function toFieldName(items: readonly JsonObject[], wanted: string): string {
  const taken = new Set(items.map((item) => item.name));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}${number}`;
    if (!taken.has(name)) return name;
  }
}

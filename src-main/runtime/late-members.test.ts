import { describe, expect, it } from 'vitest';
import type { JsonValue } from '#shared/base/json.ts';
import { createLateMembers } from './late-members.ts';

function fillAt(path: readonly (string | number)[], value: JsonValue, late = createLateMembers()) {
  let looks = 0;
  const source = {
    hash: 'h',
    toValue: (): JsonValue => {
      looks += 1;
      return 'made';
    },
  };
  late.fill(value, path, source);
  return { late, source, value, looks: () => looks };
}

describe('a late member', () => {
  it('is made when it is first looked at, once, and is an ordinary member from then on', () => {
    const { late, source, value, looks } = fillAt(['deep', 'member'], { deep: { other: 1 } });
    const { deep } = value as unknown as { deep: { member: string; other: number } };
    expect([late.isLate(deep, 'member'), late.sourceOf(deep, 'member'), looks()]).toEqual([true, source, 0]);
    expect([deep.member, deep.member, looks()]).toEqual(['made', 'made', 1]);
    expect([late.isLate(deep, 'member'), late.sourceOf(deep, 'member')]).toEqual([false, undefined]);
    deep.member = 'changed';
    expect(JSON.stringify(value)).toBe('{"deep":{"other":1,"member":"changed"}}');
  });

  it('is listed, copied and compared like any other, beside others of its record', () => {
    const { late, value } = fillAt(['a'], {});
    fillAt(['b'], value, late);
    expect(Object.keys(value as object)).toEqual(['a', 'b']);
    expect({ ...(value as object) }).toEqual({ a: 'made', b: 'made' });
  });

  it('of a list is made at once', () => {
    const { late, value, looks } = fillAt(['list', 1], { list: [0, null, 2] });
    expect(looks()).toBe(1);
    expect(value).toEqual({ list: [0, 'made', 2] });
    expect(late.isLate((value as unknown as { list: object }).list, '1')).toBe(false);
  });

  it('is known only to whoever filled it in, and an ordinary member to nobody', () => {
    const { value } = fillAt(['a'], { ordinary: 1 });
    const other = createLateMembers();
    expect([other.isLate(value as object, 'a'), other.isLate(value as object, 'ordinary')]).toEqual([false, false]);
  });
});

import { describe, expect, it } from 'vitest';
import { createCallSlots } from './call-slots.ts';

const never = () => new Promise<never>(() => undefined);
const turns = () => new Promise((resolve) => setImmediate(resolve));

describe('call slots', () => {
  it('let no more in than the limit, first come first served', async () => {
    const slots = createCallSlots(() => 1);
    const { promise, resolve } = Promise.withResolvers<void>();
    const order: string[] = [];
    const { signal } = new AbortController();
    const all = ['a', 'b', 'c'].map((name) =>
      slots.use(signal, async () => {
        order.push(name);
        if (name === 'a') await promise;
      }),
    );
    await turns();
    expect(order).toEqual(['a']);
    resolve();
    await Promise.all(all);
    expect(order).toEqual(['a', 'b', 'c']);
  });

  it('give a slot back when its work is aborted, even when the work does not listen', async () => {
    const slots = createCallSlots(() => 1);
    const deaf = new AbortController();
    const stuck = slots.use(deaf.signal, never);
    const next = slots.use(new AbortController().signal, async () => 'in');
    deaf.abort(new Error('stopped'));
    await expect(stuck).rejects.toThrow('stopped');
    expect(await next).toBe('in');
  });

  it('forget a waiter that was aborted, and nobody else', async () => {
    const slots = createCallSlots(() => 1);
    const { promise, resolve } = Promise.withResolvers<void>();
    const { signal } = new AbortController();
    const leaving = new AbortController();
    const first = slots.use(signal, () => promise);
    const gone = slots.use(leaving.signal, async () => 'gone');
    const waiting = slots.use(signal, async () => 'served');
    leaving.abort(new Error('left'));
    await expect(gone).rejects.toThrow('left');
    resolve();
    await first;
    expect(await waiting).toBe('served');
  });

  it('let in everyone whom a raised limit has room for, before those who come later', async () => {
    let limit = 1;
    const slots = createCallSlots(() => limit);
    const { promise, resolve } = Promise.withResolvers<void>();
    const { signal } = new AbortController();
    const order: string[] = [];
    const enter = (name: string) =>
      slots.use(signal, () => {
        order.push(name);
        return never();
      });
    const first = slots.use(signal, () => promise);
    void enter('b');
    void enter('c');
    void enter('d');
    limit = 2;
    void enter('e');
    limit = 4;
    resolve();
    await first;
    await turns();
    expect(order).toEqual(['b', 'c', 'd', 'e']);
  });
});

import { describe, expect, it } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import { listenWhereLast } from './listen-where-last.ts';

describe('listenWhereLast', () => {
  it('takes the port that was asked for and refuses when it is in use', async () => {
    expect(await listenWhereLast(7700, '/notes', async (port) => port)).toBe(7700);
    const taken = async () => Promise.reject(new HeddleError('host.portInUse', 'taken'));
    await expect(listenWhereLast(7700, '/notes', taken)).rejects.toMatchObject({ code: 'host.portInUse' });
  });

  it('gives a workspace the same port each time, and another one to its neighbour', async () => {
    const port = () => listenWhereLast(0, '/notes', async (at) => at);
    expect(await port()).toBe(await port());
    expect(await listenWhereLast(0, '/notes2', async (at) => at)).not.toBe(await port());
  });

  it('takes any free port when the port of the workspace is in use', async () => {
    const serveAt = async (at: number) => (at === 0 ? 'any' : Promise.reject(new HeddleError('host.portInUse', 'taken')));
    expect(await listenWhereLast(0, '/notes', serveAt)).toBe('any');
  });

  it('does not try again after another failure', async () => {
    const tried: number[] = [];
    const broken = async (at: number) => {
      tried.push(at);
      throw new Error('broken');
    };
    await expect(listenWhereLast(0, '/notes', broken)).rejects.toThrow('broken');
    expect(tried).toHaveLength(1);
  });
});

/** Runs work one after the other per path; work on different paths runs at the same time. */
export function createPathQueue(): <Result>(path: string, work: () => Promise<Result>) => Promise<Result> {
  const tails = new Map<string, Promise<unknown>>();
  return (path, work) => {
    const turn = (tails.get(path) ?? Promise.resolve()).then(work);
    const tail = turn.then(
      () => undefined,
      () => undefined,
    );
    tails.set(path, tail);
    void tail.then(() => {
      if (tails.get(path) === tail) tails.delete(path);
    });
    return turn;
  };
}

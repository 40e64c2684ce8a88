import { liveItems } from './live-items.ts';
import { endOf, procedures } from './procedures.ts';

const { pin } = procedures;

/** Pinned outputs: list, pin, unpin. */
export const pinHandlers = pin.router({
  list: pin.list.handler(({ input: { path }, context }) => context.services.pins.list(path)),
  set: pin.set.handler(async ({ input: { path, node, outputs }, context: { services } }) => {
    services.checks.outputs((await services.workflows.open(path)).document, node, outputs);
    await services.pins.set(path, node, outputs);
    return {};
  }),
  remove: pin.remove.handler(async ({ input: { path, node = null }, context }) => {
    await context.services.pins.remove(path, node);
    return {};
  }),
  watch: pin.watch.handler(({ signal, context: { services } }) => {
    const changed = new Set<string>();
    return liveItems(
      (wake) =>
        services.pins.onChange((path) => {
          changed.add(path);
          wake();
        }),
      () => {
        const paths = [...changed];
        changed.clear();
        return paths.map((path) => ({ path }));
      },
      endOf(signal, services),
    );
  }),
});

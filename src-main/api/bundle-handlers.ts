import { procedures } from './procedures.ts';

const { bundle } = procedures;

/** Workflows as single files: out of the workspace and into it. */
export const bundleHandlers = bundle.router({
  list: bundle.list.handler(({ input, context }) => context.services.bundles.list(input.path)),
  export: bundle.export.handler(({ input, context }) => context.services.bundles.export(input.path, input.files)),
  check: bundle.check.handler(({ input, context }) => context.services.bundles.check(input.bundle)),
  import: bundle.import.handler(({ input, context }) => context.services.bundles.import(input.bundle)),
});

import { workflowSchemaVersion } from '#shared/workflow/document.ts';
import { liveItems } from './live-items.ts';
import { endOf, procedures } from './procedures.ts';

const { workflow, template } = procedures;

/** Workflow files: list, edit, check. */
export const workflowHandlers = workflow.router({
  list: workflow.list.handler(async ({ context }) => [...(await context.services.workflows.list())]),
  get: workflow.get.handler(({ input, context }) => context.services.workflows.open(input.path)),
  create: workflow.create.handler(({ input: { name, document }, context }) =>
    context.services.workflows.create(
      document === undefined ? { schemaVersion: workflowSchemaVersion, name, nodes: [], edges: [] } : { ...document, name },
    ),
  ),
  save: workflow.save.handler(({ input, context }) => context.services.workflows.save(input.path, input.baseRevision, input.document)),
  rename: workflow.rename.handler(async ({ input: { path, newPath }, context: { services } }) => {
    const renamed = await services.workflows.rename(path, newPath);
    await services.pins.moveWith(path, newPath);
    return renamed;
  }),
  remove: workflow.remove.handler(async ({ input, context }) => {
    await context.services.workflows.remove(input.path);
    await context.services.pins.trashWith(input.path);
    return {};
  }),
  validate: workflow.validate.handler(async ({ input, context }) => [...(await context.services.checks.validate(input.document))]),
  plan: workflow.plan.handler(({ input: { document, path }, context: { services } }) =>
    services.checks.plan(document, path === undefined ? {} : services.runs.recordedDurations(path)),
  ),
  watch: workflow.watch.handler(({ signal, context: { services } }) =>
    liveItems(
      (wake) => services.workflows.onChange(wake),
      async () => [[...(await services.workflows.list())]],
      endOf(signal, services),
    ),
  ),
});

/** The gallery. */
export const templateHandlers = template.router({
  list: template.list.handler(async ({ context }) => [...(await context.services.templates.list())]),
  get: template.get.handler(async ({ input, context }) => {
    const { recordedRun, ...opened } = await context.services.templates.get(input.id);
    return { ...opened, recordedRun: recordedRun === null ? null : [...recordedRun] };
  }),
  instantiate: template.instantiate.handler(({ input, context }) =>
    context.services.templates.instantiate(input.id, input.name, input.reuse),
  ),
});

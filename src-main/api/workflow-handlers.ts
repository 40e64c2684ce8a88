import { toLineAndColumn } from '#shared/workflow/code/code-problem.ts';
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
    services.checks.plan(document, path === undefined ? {} : services.runs.recordedFigures(path)),
  ),
  fromCode: workflow.fromCode.handler(async ({ input: { text, form, before }, signal, context: { services } }) => {
    const { document, problems, entries, isComputed } = await services.code.read(text, form, before ?? null, endOf(signal, services));
    return {
      document,
      problems: problems.map((problem) => ({ ...problem, ...toLineAndColumn(text, problem.start) })),
      entries: entries.map(({ place, start, end }) => ({ place: [...place], start, end })),
      isComputed,
    };
  }),
  toCode: workflow.toCode.handler(async ({ input: { document, form, withLayout }, context: { services } }) => ({
    text: await services.code.write(document, form, { withLayout }),
  })),
  watch: workflow.watch.handler(({ signal, context: { services } }) =>
    liveItems(
      (wake) => services.workflows.onChange(wake),
      async () => [[...(await services.workflows.list())]],
      endOf(signal, services),
    ),
  ),
  follow: workflow.follow.handler(({ input: { path, window }, signal, context: { services } }) =>
    services.histories.follow(path, window, endOf(signal, services)),
  ),
  edit: workflow.edit.handler(async ({ input: { path, window, commands }, context }) => ({
    refused: [...(await context.services.histories.edit(path, window, commands))],
  })),
  versions: workflow.versions.handler(async ({ input: { path, ...page }, context }) => {
    const { entries, nextBefore } = await context.services.histories.versions(path, page);
    return { entries: [...entries], nextBefore };
  }),
  version: workflow.version.handler(async ({ input: { path, seq }, context }) => ({
    document: await context.services.histories.version(path, seq),
  })),
  nameVersion: workflow.nameVersion.handler(async ({ input: { path, seq, name, window }, context }) => {
    await context.services.histories.nameVersion(path, seq, name, window === undefined ? { type: 'program' } : { type: 'window', window });
    return {};
  }),
  write: workflow.write.handler(({ input: { path, over }, context }) => context.services.histories.write(path, over)),
});

/** The gallery. */
export const templateHandlers = template.router({
  list: template.list.handler(async ({ context }) => [...(await context.services.templates.list())]),
  get: template.get.handler(async ({ input, context }) => {
    const { recordedRun, ...opened } = await context.services.templates.get(input.id);
    return { ...opened, recordedRun: recordedRun === null ? null : [...recordedRun] };
  }),
  save: template.save.handler(({ input, context }) => context.services.templates.save(input)),
  remove: template.remove.handler(async ({ input, context }) => {
    await context.services.templates.remove(input.id);
    return {};
  }),
  instantiate: template.instantiate.handler(({ input, context }) =>
    context.services.templates.instantiate(input.id, input.name, input.reuse),
  ),
});

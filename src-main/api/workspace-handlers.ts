import { procedures } from './procedures.ts';

const { host, workspace } = procedures;

/** What this host is. */
export const hostHandlers = host.router({
  info: host.info.handler(({ context }) => context.services.info()),
});

/** Files of the workspace, to be looked at. */
export const workspaceHandlers = workspace.router({
  recent: workspace.recent.handler(({ context }) => [...context.services.recentWorkspaces()]),
  listFolder: workspace.listFolder.handler(async ({ input, context }) => [...(await context.services.folder.list(input.path))]),
  readText: workspace.readText.handler(({ input, context }) => context.services.folder.readText(input.path)),
});

import { procedures } from './procedures.ts';

const { tool, mcp } = procedures;

/** Tools that nodes can use. */
export const toolHandlers = tool.router({
  list: tool.list.handler(async ({ context }) => [...(await context.services.listTools())]),
});

/** MCP servers. Saving starts nothing. */
export const mcpHandlers = mcp.router({
  list: mcp.list.handler(async ({ context }) => [...(await context.services.mcp.list())]),
  save: mcp.save.handler(async ({ input, context }) => {
    await context.services.mcp.save(input);
    return {};
  }),
  remove: mcp.remove.handler(async ({ input, context }) => {
    await context.services.mcp.remove(input.id);
    return {};
  }),
  approve: mcp.approve.handler(async ({ input, context }) => {
    await context.services.mcp.approve(input.id, input.commandHash);
    return {};
  }),
  connect: mcp.connect.handler(({ input, signal, context: { services } }) => services.mcp.connect(input.id, signal ?? services.closing)),
  stop: mcp.stop.handler(async ({ input, context }) => {
    await context.services.mcp.stop(input.id);
    return {};
  }),
});

import { join } from 'node:path';
import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';
import type { McpServers } from '../api/services.ts';
import { createMcpServers } from '../tools/mcp/mcp-servers.ts';
import { createFileTrust } from '../tools/mcp/trust.ts';
import type { ToolSource } from '../tools/toolbox.ts';
import type { Secrets } from '../workspace/secrets.ts';
import type { SettingsFile } from '../workspace/settings-file.ts';

/** The MCP servers of the settings: as tools, and for the settings page. Nothing is started here. */
export interface OpenMcp {
  readonly source: ToolSource;
  readonly servers: McpServers;
  close(): Promise<void>;
}

/** Approvals are kept in `trust.json` of the user's home, so that opening a workspace cannot bring one along. */
export function openMcp(home: string, settings: SettingsFile, secrets: Secrets, clock: Clock): OpenMcp {
  const pool = createMcpServers({
    configs: () => settings.get().mcpServers,
    trust: createFileTrust(join(home, 'trust.json')),
    readSecret: (name) => secrets.get(name),
    clock,
  });
  const servers: McpServers = {
    list: async () => pool.status(),
    save: async (config) => {
      await settings.save(({ mcpServers }) => ({ mcpServers: [...mcpServers.filter(({ id }) => id !== config.id), config] }));
    },
    remove: async (id) => {
      if (!settings.get().mcpServers.some((config) => config.id === id)) {
        throw new HeddleError('request.notFound', `There is no MCP server ${JSON.stringify(id)} in the settings.`, {
          details: { server: id },
        });
      }
      await pool.stop(id);
      await settings.save(({ mcpServers }) => ({ mcpServers: mcpServers.filter((config) => config.id !== id) }));
    },
    approve: (id, commandHash) => pool.approve(id, commandHash),
    connect: (id, signal) => pool.connect(id, signal),
    stop: (id) => pool.stop(id),
  };
  return { source: pool, servers, close: () => pool.close() };
}

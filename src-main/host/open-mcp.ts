import { join } from 'node:path';
import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';
import type { McpServerConfig, McpServerStatus } from '#shared/contract/settings.ts';
import type { McpServers } from '../api/services.ts';
import { createMcpServers, type McpServerStatus as ServerState } from '../tools/mcp/mcp-servers.ts';
import { mcpServerConfigSchema } from '../tools/mcp/server-config.ts';
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
  const configOf = (id: string): McpServerConfig => {
    const config = settings.get().mcpServers.find((candidate) => candidate.id === id);
    if (config === undefined)
      throw new HeddleError('request.notFound', `There is no MCP server ${JSON.stringify(id)} in the settings.`, {
        details: { server: id },
      });
    return config;
  };
  const pool = createMcpServers({
    configs: () => settings.get().mcpServers.map(toServerConfig),
    trust: createFileTrust(join(home, 'trust.json')),
    readSecret: async (name, server) => {
      const { env, secrets: secretNames } = configOf(server);
      const secretName = secretNames[name];
      return secretName === undefined ? env[name] : secrets.get(secretName);
    },
    clock,
  });
  const statusOf = async (id: string): Promise<McpServerStatus> => {
    const state = (await pool.status()).find((candidate) => candidate.id === id);
    if (state === undefined) throw new Error(`No state of MCP server ${id}`);
    return toStatus(configOf(id), state, toolNames(id));
  };
  const toolNames = (id: string): string[] =>
    pool.list().flatMap(({ name, source }) => (source.type === 'mcp' && source.server === id ? [name] : []));

  return {
    source: pool,
    servers: {
      list: async () => (await pool.status()).map((state) => toStatus(configOf(state.id), state, toolNames(state.id))),
      save: async (config) => {
        await settings.save(({ mcpServers }) => ({ mcpServers: [...mcpServers.filter(({ id }) => id !== config.id), config] }));
      },
      remove: async (id) => {
        configOf(id);
        await pool.stop(id);
        await settings.save(({ mcpServers }) => ({ mcpServers: mcpServers.filter((config) => config.id !== id) }));
      },
      approve: (id, commandHash) => pool.approve(id, commandHash),
      connect: async (id, signal) => {
        configOf(id);
        await pool.listTools(id, signal);
        return statusOf(id);
      },
      stop: (id) => pool.stop(id),
    },
    close: () => pool.close(),
  };
}

/** Variables by name only: their values are asked for when the server starts. */
function toServerConfig({ id, command, args, env, secrets, cwd }: McpServerConfig) {
  return mcpServerConfigSchema.parse({
    id,
    command,
    args,
    env: [...new Set([...Object.keys(env), ...Object.keys(secrets)])],
    ...(cwd === undefined ? {} : { cwd }),
  });
}

function toStatus(
  config: McpServerConfig,
  { commandLine, commandHash, isApproved, state, log }: ServerState,
  tools: string[],
): McpServerStatus {
  const status = !isApproved ? 'notApproved' : state === 'idle' ? 'stopped' : state;
  return { config, commandLine, commandHash, status, message: log === '' ? null : log.slice(-2_000), tools };
}

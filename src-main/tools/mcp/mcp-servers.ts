import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import type { McpServerConfig, McpServerStatus } from '#shared/contract/settings.ts';
import { capValue } from '../cap-value.ts';
import { throwIfCancelled, waitFor } from '../deadline.ts';
import type { Tool } from '../tool.ts';
import type { ToolSource } from '../toolbox.ts';
import type { McpConnection } from './mcp-connection.ts';
import { type NamedTool, toNamedTools } from './named-tools.ts';
import { type McpCommand, toCommandHash, toCommandLine, toMcpCommand } from './server-config.ts';
import { type SharedStart, shareStart } from './shared-start.ts';
import type { SpawnServer } from './stdio-transport.ts';
import { isOfServer } from './tool-name.ts';
import type { CommandTrust } from './trust.ts';

export interface McpServersSettings {
  /** Asked at every use, so that a changed setting counts at the next call. */
  readonly configs: () => readonly McpServerConfig[];
  readonly trust: CommandTrust;
  /** The value of a stored secret; undefined when there is none of this name. */
  readonly readSecret: (name: string) => Promise<string | undefined>;
  readonly clock: Clock;
  readonly startTimeoutMs?: number;
  readonly callTimeoutMs?: number;
  readonly spawn?: SpawnServer;
  /** Where PATH, HOME and LANG come from. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** The MCP servers of the settings. Nothing starts before its exact command is approved, and then only when it is first used. */
export interface McpServers extends ToolSource {
  /** Every server of the settings; a crashed one with what it died of. */
  status(): readonly McpServerStatus[];
  /** A person has seen the command that has this hash and wants it. Refused when the settings name another by now. */
  approve(id: string, commandHash: string): Promise<void>;
  revoke(id: string): Promise<void>;
  /** Starts the server if need be and lists its tools, anew if they changed. */
  connect(id: string, signal: AbortSignal): Promise<McpServerStatus>;
  stop(id: string): Promise<void>;
  /** Ends every server and refuses to start another. */
  close(): Promise<void>;
}

export function createMcpServers(settings: McpServersSettings): McpServers {
  const { configs, trust, clock, startTimeoutMs = 30_000, callTimeoutMs = 60_000 } = settings;
  const slots = new Map<string, ServerSlot>();
  let isClosed = false;

  const slotOf = (config: McpServerConfig): ServerSlot => {
    const hash = toCommandHash(toMcpCommand(config));
    const known = slots.get(config.id);
    if (known?.commandHash === hash) return known;
    // The settings changed: what runs is no longer what was approved.
    void known?.connection?.close();
    const slot: ServerSlot = {
      commandHash: hash,
      connection: undefined,
      starting: undefined,
      tools: [],
      crashes: 0,
      crashedAtMs: 0,
      failure: null,
    };
    slots.set(config.id, slot);
    return slot;
  };

  const stopRemoved = () => {
    const wanted = new Set(configs().map(({ id }) => id));
    for (const [id, slot] of slots) {
      if (wanted.has(id)) continue;
      slots.delete(id);
      void stopSlot(slot);
    }
  };

  const start = async (config: McpServerConfig, slot: ServerSlot, signal: AbortSignal): Promise<McpConnection> => {
    const command = toMcpCommand(config);
    if (!trust.isApproved(command)) throw toNotApproved(config.id, command);
    const env = await readEnvironment(config, settings);
    if (slot.crashes > 0) {
      const dueMs = slot.crashedAtMs + toBackoffMs(slot.crashes);
      if (dueMs > clock.monotonicMs()) await waitFor(clock, dueMs - clock.monotonicMs(), signal);
    }
    // Loaded with the first server: the SDK is a fifth of the host's start.
    const { connectMcpServer } = await import('./mcp-connection.ts');
    if (isClosed) throw toClosed(config.id);
    const server = { command: config.command, args: config.args, env, cwd: config.cwd };
    const spawn = settings.spawn === undefined ? {} : { spawn: settings.spawn };
    const connection = await connectMcpServer({ id: config.id, server, clock, startTimeoutMs, ...spawn }, signal);
    if (isClosed || slots.get(config.id) !== slot) {
      await connection.close();
      throw toClosed(config.id);
    }
    slot.connection = connection;
    return connection;
  };

  const startOnce = async (config: McpServerConfig, slot: ServerSlot, signal: AbortSignal): Promise<McpConnection> => {
    try {
      return await start(config, slot, signal);
    } catch (error) {
      if (error instanceof HeddleError && error.code === 'mcp.startFailed') {
        noteCrash(slot, error.message, clock);
      }
      throw error;
    } finally {
      slot.starting = undefined;
    }
  };

  /** The running server, or its start. */
  const connect = async (config: McpServerConfig, signal: AbortSignal): Promise<{ slot: ServerSlot; connection: McpConnection }> => {
    throwIfCancelled(signal);
    if (isClosed) throw toClosed(config.id);
    stopRemoved();
    const slot = slotOf(config);
    if (slot.connection !== undefined && !slot.connection.isOpen) {
      noteCrash(slot, slot.connection.toEndReason(), clock);
      slot.connection = undefined;
    }
    if (slot.connection !== undefined) return { slot, connection: slot.connection };
    slot.starting ??= shareStart((shared) => startOnce(config, slot, shared));
    return { slot, connection: await slot.starting.wait(signal) };
  };

  const refresh = async (config: McpServerConfig, signal: AbortSignal): Promise<ServerSlot> => {
    const { slot, connection } = await connect(config, signal);
    if (slot.listedBy !== connection || connection.hasChangedTools) {
      const tools = await connection.listTools(signal);
      slot.tools = toNamedTools(config.id, tools, callTimeoutMs);
      slot.listedBy = connection;
    }
    return slot;
  };
  const configOf = (id: string): McpServerConfig => {
    const config = configs().find((candidate) => candidate.id === id);
    if (config === undefined)
      throw new HeddleError('tool.notFound', `There is no MCP server ${JSON.stringify(id)} in the settings.`, { details: { server: id } });
    return config;
  };

  const toTool = (config: McpServerConfig, { definition, serverName }: NamedTool): Tool => ({
    definition,
    effectOf: () => definition.effect,
    run: async (args: JsonObject, context) => {
      const { slot, connection } = await connect(config, context.signal);
      const value = await connection.callTool(serverName, args, context, definition.timeoutMs);
      slot.crashes = 0;
      slot.failure = null;
      return capValue(value, definition.outputCapBytes);
    },
  });

  return {
    list: () => configs().flatMap((config) => slots.get(config.id)?.tools.map(({ definition }) => definition) ?? []),
    find: async (name, signal) => {
      const config = configs().find((candidate) => isOfServer(candidate.id, name));
      if (config === undefined) return undefined;
      const { tools } = await refresh(config, signal);
      const found = tools.find(({ definition }) => definition.name === name);
      return found === undefined ? undefined : toTool(config, found);
    },
    connect: async (id, signal) => {
      const config = configOf(id);
      await refresh(config, signal);
      return toStatus(config, slots.get(id), trust);
    },
    status: () => configs().map((config) => toStatus(config, slots.get(config.id), trust)),
    approve: async (id, commandHash) => {
      const command = toMcpCommand(configOf(id));
      if (toCommandHash(command) !== commandHash) throw toNotApproved(id, command);
      await trust.approve(command);
    },
    revoke: async (id) => {
      await trust.revoke(toMcpCommand(configOf(id)));
      await stopSlot(slots.get(id));
    },
    stop: (id) => stopSlot(slots.get(id)),
    close: async () => {
      isClosed = true;
      await Promise.all([...slots.values()].map(stopSlot));
    },
  };
}

/** What is known of one server between its starts. */
interface ServerSlot {
  readonly commandHash: string;
  connection: McpConnection | undefined;
  starting: SharedStart<McpConnection> | undefined;
  tools: readonly NamedTool[];
  listedBy?: McpConnection;
  /** Ends in a row without one answered call between them. */
  crashes: number;
  crashedAtMs: number;
  /** What it died of, until it answers again. */
  failure: string | null;
}

/** The first restart is at once; then 250 ms, doubled up to 10 s. */
function toBackoffMs(crashes: number): number {
  return crashes <= 1 ? 0 : Math.min(10_000, 250 * 2 ** (crashes - 2));
}

function noteCrash(slot: ServerSlot, reason: string | null, clock: Clock): void {
  slot.failure = reason;
  slot.crashes += 1;
  slot.crashedAtMs = clock.monotonicMs();
}

async function stopSlot(slot: ServerSlot | undefined): Promise<void> {
  if (slot === undefined) return;
  await slot.starting?.stop();
  const { connection } = slot;
  slot.connection = undefined;
  slot.crashes = 0;
  slot.failure = null;
  await connection?.close();
}

function toStatus(config: McpServerConfig, found: ServerSlot | undefined, trust: CommandTrust): McpServerStatus {
  const command = toMcpCommand(config);
  const commandHash = toCommandHash(command);
  const slot = found?.commandHash === commandHash ? found : undefined;
  const common = {
    config,
    commandHash,
    commandLine: toCommandLine(command),
    tools: slot?.tools.map(({ definition }) => definition.name) ?? [],
  };
  try {
    if (!trust.isApproved(command)) return { ...common, status: 'notApproved', message: null };
  } catch (error) {
    return { ...common, status: 'notApproved', message: (error as Error).message };
  }
  if (slot?.starting !== undefined) return { ...common, status: 'starting', message: null };
  if (slot?.connection?.isOpen === true) return { ...common, status: 'running', message: null };
  const message = slot?.connection?.toEndReason() ?? slot?.failure ?? null;
  return { ...common, status: message === null ? 'stopped' : 'crashed', message };
}

/** No more than a program needs to run, and the secrets that the settings name. */
async function readEnvironment(config: McpServerConfig, settings: McpServersSettings): Promise<Readonly<Record<string, string>>> {
  const own = settings.environment ?? process.env;
  const env: Record<string, string> = {};
  for (const name of inheritedVariables) {
    const value = own[name];
    if (value !== undefined) env[name] = value;
  }
  for (const [name, value] of Object.entries(config.env)) env[name] = value;
  for (const [name, secret] of Object.entries(config.secrets)) {
    const value = await settings.readSecret(secret);
    if (value === undefined) {
      throw new HeddleError(
        'mcp.startFailed',
        `The MCP server ${config.id} needs the secret ${secret}, and none of this name is stored. Add it in Settings.`,
        {
          details: { server: config.id, secret },
        },
      );
    }
    env[name] = value;
  }
  return env;
}

/** Windows programs do not start without its own. */
const inheritedVariables =
  process.platform === 'win32'
    ? ['PATH', 'PATHEXT', 'SYSTEMROOT', 'TEMP', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA']
    : ['PATH', 'HOME', 'LANG'];

function toNotApproved(id: string, command: McpCommand): HeddleError {
  const line = toCommandLine(command);
  return new HeddleError(
    'mcp.notApproved',
    `The MCP server ${id} starts with a command that nobody has approved yet: ${line}. Look at it in Settings and approve it.`,
    {
      details: { server: id, ...command, commandLine: line, commandHash: toCommandHash(command) },
    },
  );
}

function toClosed(id: string): HeddleError {
  return new HeddleError('mcp.startFailed', `The MCP server ${id} was not started: the servers are being stopped.`, {
    details: { server: id },
  });
}

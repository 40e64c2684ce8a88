import { oc } from '@orpc/contract';
import { z } from 'zod';
import { jsonObjectSchema } from '../base/json.ts';
import { effectClassSchema } from '../run/events.ts';
import { schedulingSettingsSchema } from '../run/lane-settings.ts';
import { providerConfigSchema, providerTestSchema } from './providers.ts';

const grantSchema = z.strictObject({ path: z.string().min(1), access: z.enum(['read', 'write']) });

/** An MCP server over stdio. Values of `secrets` are names in the secret store; `env` holds nothing secret. */
export const mcpServerConfigSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be lower-case letters, digits and -'),
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
  secrets: z.record(z.string(), z.string()).default({}),
  cwd: z.string().optional(),
});
export type McpServerConfig = z.infer<typeof mcpServerConfigSchema>;

/** Per-user settings, kept in `HEDDLE_HOME/settings.json`. */
export const settingsSchema = z.strictObject({
  theme: z.enum(['system', 'dark', 'light']).default('system'),
  defaultModel: z.string().default('scripted/demo'),
  providers: z.array(providerConfigSchema).default([]),
  mcpServers: z.array(mcpServerConfigSchema).default([]),
  /** Folders outside the workspace that file tools may use. The workspace itself is always granted, `.heddle` never. */
  grants: z.array(grantSchema).default([]),
  /** `host:port` or `host` that fetch may reach although its address is private. */
  grantedHosts: z.array(z.string()).default([]),
  /** Calls of models and tools, of all runs together, that may be at work at once. */
  maxParallelNodes: z.int().min(1).max(1000).default(16),
  /** Lanes, workers, limits by provider, agent and tool, circuit breakers. */
  scheduling: schedulingSettingsSchema.prefault({}),
  /** US dollars per million tokens by `provider/model`; entries here win over the built-in table. */
  prices: z
    .record(
      z.string(),
      z.strictObject({
        input: z.number().nonnegative(),
        output: z.number().nonnegative(),
        cachedInput: z.number().nonnegative().optional(),
      }),
    )
    .default({}),
  /** Feature switches by name. */
  features: z.record(z.string(), z.boolean()).default({}),
});
export type Settings = z.infer<typeof settingsSchema>;

const setting = settingsSchema.shape;
/** Changes to some settings; what is absent stays. (`settingsSchema.partial()` would fill in defaults and so reset the rest.) */
export const settingsPatchSchema = z.strictObject({
  theme: setting.theme.removeDefault().optional(),
  defaultModel: setting.defaultModel.removeDefault().optional(),
  providers: setting.providers.removeDefault().optional(),
  mcpServers: setting.mcpServers.removeDefault().optional(),
  grants: setting.grants.removeDefault().optional(),
  grantedHosts: setting.grantedHosts.removeDefault().optional(),
  maxParallelNodes: setting.maxParallelNodes.removeDefault().optional(),
  /** Changed as a whole: what is absent in it goes back to its default. */
  scheduling: schedulingSettingsSchema.optional(),
  prices: setting.prices.removeDefault().optional(),
  features: setting.features.removeDefault().optional(),
});
export type SettingsPatch = z.infer<typeof settingsPatchSchema>;

export const toolInfoSchema = z.strictObject({
  name: z.string(),
  description: z.string(),
  inputSchema: jsonObjectSchema,
  outputSchema: jsonObjectSchema,
  effect: effectClassSchema,
  approval: z.enum(['never', 'always']),
  timeoutMs: z.number(),
  outputCapBytes: z.number(),
  source: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('builtin') }),
    z.strictObject({ type: z.literal('mcp'), server: z.string() }),
  ]),
});
export type ToolInfo = z.infer<typeof toolInfoSchema>;

export const mcpServerStatusSchema = z.strictObject({
  config: mcpServerConfigSchema,
  /** The exact command line that approval is about, and its SHA-256. */
  commandLine: z.string(),
  commandHash: z.string(),
  status: z.enum(['notApproved', 'stopped', 'starting', 'running', 'crashed']),
  message: z.string().nullable(),
  tools: z.array(z.string()),
});
export type McpServerStatus = z.infer<typeof mcpServerStatusSchema>;

export const hostInfoSchema = z.strictObject({
  version: z.string(),
  pid: z.int(),
  workspace: z.string(),
  workspaceName: z.string(),
  isReadOnly: z.boolean(),
  readOnlyReason: z.string().nullable(),
  platform: z.string(),
  isFirstLaunch: z.boolean(),
  sandbox: z.strictObject({ bubblewrap: z.boolean() }),
});
export type HostInfo = z.infer<typeof hostInfoSchema>;

export const secretStatusSchema = z.strictObject({
  /** `locked` needs the passphrase; `unavailable` means only environment variables work, and says why. */
  store: z.enum(['unlocked', 'locked', 'new', 'unavailable']),
  protectedBy: z.enum(['platform', 'passphrase', 'none']),
  message: z.string().nullable(),
  names: z.array(z.strictObject({ name: z.string(), from: z.enum(['store', 'environment']) })),
});
export type SecretStatus = z.infer<typeof secretStatusSchema>;

const nothing = z.strictObject({});
const id = z.strictObject({ id: z.string() });

export const hostContract = {
  info: oc.route({ method: 'GET', path: '/host', tags: ['host'], summary: 'What this host is and serves' }).output(hostInfoSchema),
};

export const settingsContract = {
  get: oc.route({ method: 'GET', path: '/settings', tags: ['settings'], summary: 'Settings of this user' }).output(settingsSchema),
  save: oc
    .route({ method: 'PATCH', path: '/settings', tags: ['settings'], summary: 'Change some settings' })
    .input(settingsPatchSchema)
    .output(settingsSchema),
};

export const providerContract = {
  list: oc
    .route({ method: 'GET', path: '/providers', tags: ['models'], summary: 'Configured providers and the models they offer' })
    .output(z.array(providerConfigSchema.extend({ hasKey: z.boolean(), models: z.array(z.string()) }))),
  save: oc
    .route({ method: 'PUT', path: '/providers/{id}', tags: ['models'], summary: 'Add or change a provider' })
    .input(providerConfigSchema)
    .output(nothing),
  remove: oc
    .route({ method: 'DELETE', path: '/providers/{id}', tags: ['models'], summary: 'Remove a provider' })
    .input(id)
    .output(nothing),
  test: oc
    .route({ method: 'POST', path: '/providers/{id}/test', tags: ['models'], summary: 'Ask the provider whether it answers' })
    .input(id)
    .output(providerTestSchema),
  /** Looks for Ollama, LM Studio, vLLM and llama.cpp on this machine; only when asked. */
  probeLocal: oc
    .route({ method: 'POST', path: '/providers-probe', tags: ['models'], summary: 'Find model servers on this machine' })
    .output(z.array(z.strictObject({ config: providerConfigSchema, models: z.array(z.string()) }))),
};

export const secretContract = {
  status: oc
    .route({ method: 'GET', path: '/secrets', tags: ['secrets'], summary: 'Names of stored keys, never values' })
    .output(secretStatusSchema),
  set: oc
    .route({ method: 'PUT', path: '/secrets/{name}', tags: ['secrets'], summary: 'Store a key' })
    .input(z.strictObject({ name: z.string().min(1).max(100), value: z.string().min(1).max(10_000) }))
    .output(nothing),
  remove: oc
    .route({ method: 'DELETE', path: '/secrets/{name}', tags: ['secrets'], summary: 'Forget a key' })
    .input(z.strictObject({ name: z.string() }))
    .output(nothing),
  unlock: oc
    .route({ method: 'POST', path: '/secrets-unlock', tags: ['secrets'], summary: 'Open the store with its passphrase, or set one' })
    .input(z.strictObject({ passphrase: z.string().min(8).max(1000) }))
    .output(nothing),
};

export const toolContract = {
  list: oc.route({ method: 'GET', path: '/tools', tags: ['tools'], summary: 'Tools that nodes can use' }).output(z.array(toolInfoSchema)),
};

export const mcpContract = {
  list: oc
    .route({ method: 'GET', path: '/mcp-servers', tags: ['tools'], summary: 'MCP servers and their state' })
    .output(z.array(mcpServerStatusSchema)),
  save: oc
    .route({ method: 'PUT', path: '/mcp-servers/{id}', tags: ['tools'], summary: 'Add or change an MCP server; starts nothing' })
    .input(mcpServerConfigSchema)
    .output(nothing),
  remove: oc
    .route({ method: 'DELETE', path: '/mcp-servers/{id}', tags: ['tools'], summary: 'Remove an MCP server' })
    .input(id)
    .output(nothing),
  /** Approves this exact command; a changed command must be approved anew. */
  approve: oc
    .route({ method: 'POST', path: '/mcp-servers/{id}/approve', tags: ['tools'], summary: 'Allow a command to be started' })
    .input(id.extend({ commandHash: z.string() }))
    .output(nothing),
  connect: oc
    .route({ method: 'POST', path: '/mcp-servers/{id}/connect', tags: ['tools'], summary: 'Start an approved server and list its tools' })
    .input(id)
    .output(mcpServerStatusSchema),
  stop: oc
    .route({ method: 'POST', path: '/mcp-servers/{id}/stop', tags: ['tools'], summary: 'Stop a server' })
    .input(id)
    .output(nothing),
};

export const recentWorkspaceSchema = z.strictObject({
  path: z.string(),
  name: z.string(),
  isCurrent: z.boolean(),
  /** False when the folder is gone. */
  isThere: z.boolean(),
  /** Where a host has it open now; null when none has. */
  url: z.string().nullable(),
});
export type RecentWorkspace = z.infer<typeof recentWorkspaceSchema>;

export const workspaceContract = {
  recent: oc
    .route({ method: 'GET', path: '/workspaces/recent', tags: ['workspace'], summary: 'Workspaces of this user, the latest first' })
    .output(z.array(recentWorkspaceSchema)),
  /** One folder level; `path` is relative to the workspace, '' for its root. Hidden entries are left out. */
  listFolder: oc
    .route({ method: 'GET', path: '/files', tags: ['workspace'], summary: 'Entries of a folder' })
    .input(z.strictObject({ path: z.string().default('') }))
    .output(z.array(z.strictObject({ name: z.string(), path: z.string(), type: z.enum(['file', 'folder']), bytes: z.number() }))),
  readText: oc
    .route({ method: 'GET', path: '/file', tags: ['workspace'], summary: 'The text of a file, at most 1 MiB' })
    .input(z.strictObject({ path: z.string().min(1) }))
    .output(z.strictObject({ path: z.string(), text: z.string(), bytes: z.number(), isTruncated: z.boolean() })),
};

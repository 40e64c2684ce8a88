import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { HeddleError } from '#shared/base/errors.ts';
import { errnoOf, isMissing, toDiskRefusal } from './disk-refusals.ts';
import { findHeddleHome } from './heddle-home.ts';
import { toKey } from './name-problems.ts';

/** Everything a host is told before it starts. Later sources win: defaults, files, environment, flags. */
export interface Configuration {
  readonly home: string;
  /** Absolute. */
  readonly workspace: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly readOnly: boolean;
  /** Undefined means the token of this installation. */
  readonly token: string | undefined;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

/** Where the parts of a configuration come from. */
export interface ConfigurationSources {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** The workspace when nobody names one; absolute. */
  readonly fallbackWorkspace: string;
  /** By key, as given on the command line; undefined means not given. */
  readonly flags: Readonly<Partial<Record<ConfigurationKey, string | boolean | undefined>>>;
}

/** Keys that a person can set. */
export type ConfigurationKey = 'workspace' | 'port' | 'readOnly' | 'token' | 'logLevel';

/**
 * Merges all sources; throws one `config.invalid` that names every bad key and the place it came from.
 * Files: `config.json`, `config.yaml` in HEDDLE_HOME, then `heddle.config.json`, `heddle.config.yaml` in the workspace.
 * A workspace may come from anywhere, so its file may not set `workspace` or `token`.
 */
export async function readConfiguration({ env, cwd, fallbackWorkspace, flags }: ConfigurationSources): Promise<Configuration> {
  const home = findHeddleHome(env);
  const homeFiles = await readFiles(home, ['config.json', 'config.yaml'], allKeys);
  const fromEnv = toLayer(
    Object.entries(variables).map(([name, key]) => ({ key, value: env[name], origin: `environment variable ${name}` })),
  );
  const fromFlags = toLayer(Object.entries(flags).map(([key, value]) => ({ key, value, origin: `flag --${toFlag(key)}` })));
  const outside = [...homeFiles, fromEnv, fromFlags];
  const workspace = resolve(cwd, String(lastOf(outside, 'workspace')?.value ?? fallbackWorkspace));
  const workspaceFiles = await readFiles(workspace, ['heddle.config.json', 'heddle.config.yaml'], workspaceKeys);
  const values = parseLayers([...homeFiles, ...workspaceFiles, fromEnv, fromFlags]);
  return { home, ...values, workspace };
}

const flag = z
  .union([z.boolean(), z.enum(['true', 'false', '1', '0', ''])], 'must be true or false')
  .transform((value) => value === true || value === 'true' || value === '1');

const schemas = {
  workspace: z.string('must be the path of a folder').min(1, 'must be the path of a folder').optional(),
  port: z.coerce
    .number('must be a number from 0 to 65535')
    .int('must be a whole number')
    .min(0, 'must be 0 or more')
    .max(65_535, 'must be at most 65535')
    .default(0),
  readOnly: flag.default(false),
  token: z
    .string()
    .regex(/^[A-Za-z0-9_-]{32,}$/, 'must be at least 32 letters, digits, - or _')
    .optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error').default('info'),
} satisfies Record<ConfigurationKey, z.ZodType>;

const allKeys = Object.keys(schemas) as ConfigurationKey[];
const workspaceKeys: readonly ConfigurationKey[] = ['port', 'readOnly', 'logLevel'];

const variables: Readonly<Record<string, ConfigurationKey>> = {
  HEDDLE_WORKSPACE: 'workspace',
  HEDDLE_PORT: 'port',
  HEDDLE_READ_ONLY: 'readOnly',
  HEDDLE_TOKEN: 'token',
  HEDDLE_LOG_LEVEL: 'logLevel',
};

interface Given {
  readonly key: string;
  readonly value: unknown;
  readonly origin: string;
}
type Layer = ReadonlyMap<string, Given>;

function toLayer(given: readonly Given[]): Layer {
  return new Map(given.filter(({ value }) => value !== undefined).map((entry) => [entry.key, entry]));
}

function lastOf(layers: readonly Layer[], key: ConfigurationKey): Given | undefined {
  return layers.reduce<Given | undefined>((found, layer) => layer.get(key) ?? found, undefined);
}

/** Every given value is checked, also one that a later source overrides: a typo in a file should not hide behind a flag. */
function parseLayers(layers: readonly Layer[]): Omit<Configuration, 'home'> {
  const problems: string[] = [];
  for (const { key, value, origin } of layers.flatMap((layer) => [...layer.values()])) {
    const schema = (schemas as Readonly<Record<string, z.ZodType>>)[key];
    const result = schema?.safeParse(value);
    if (result === undefined) problems.push(`${key} (${origin}): there is no such setting, only ${allKeys.join(', ')}`);
    else if (!result.success)
      problems.push(
        `${[key, ...result.error.issues.flatMap((issue) => (issue.path.length > 0 ? [toKey(issue.path)] : []))].join('.')} (${origin}): ${result.error.issues[0]?.message}`,
      );
  }
  if (problems.length > 0) throw invalid(problems.join('; '));
  return z.object(schemas).parse(Object.fromEntries(allKeys.map((key) => [key, lastOf(layers, key)?.value]))) as Omit<
    Configuration,
    'home'
  >;
}

async function readFiles(folder: string, names: readonly string[], allowed: readonly ConfigurationKey[]): Promise<Layer[]> {
  const layers: Layer[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const text = readIfThere(path);
    if (text === undefined) continue;
    const values = await parseFile(path, text);
    const forbidden = Object.keys(values).filter((key) => (allKeys as string[]).includes(key) && !(allowed as string[]).includes(key));
    if (forbidden.length > 0)
      throw invalid(`${forbidden.join(', ')} (file ${path}): a workspace may not set this; put it into HEDDLE_HOME or the environment`);
    layers.push(toLayer(Object.entries(values).map(([key, value]) => ({ key, value, origin: `file ${path}` }))));
  }
  return layers;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (errnoOf(error) === 'EISDIR') throw invalid(`${path} is a folder, not a file`);
    throw toDiskRefusal(error, `read ${path}`);
  }
}

async function parseFile(path: string, text: string): Promise<Record<string, unknown>> {
  try {
    // Loaded only when there is such a file: it costs more than everything else here.
    const values: unknown = path.endsWith('.yaml') ? (await import('yaml')).parse(text, { maxAliasCount: 10 }) : JSON.parse(text);
    if (typeof values === 'object' && values !== null && !Array.isArray(values)) return values as Record<string, unknown>;
    throw new Error('it must hold settings by name');
  } catch (error) {
    throw invalid(`file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function toFlag(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function invalid(problems: string): HeddleError {
  return new HeddleError('config.invalid', `The configuration cannot be used: ${problems}.`);
}

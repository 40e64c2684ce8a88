import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Need } from '#shared/contract/bundles.ts';
import type { Settings } from '#shared/contract/settings.ts';
import { listNeeds } from '#shared/workflow/bundle.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';

/** What this machine has, by names. */
export interface Inventory {
  /** Null while a server that could have any tool was never started. */
  readonly tools: readonly string[] | null;
  readonly settings: Pick<Settings, 'providers' | 'mcpServers' | 'grants' | 'scheduling'>;
  /** Names of the secrets that have a value. */
  readonly secrets: readonly string[];
}

/** What comes along with the documents. */
export interface Luggage {
  readonly workflows: ReadonlySet<string>;
  readonly files: ReadonlySet<string>;
  /** Names of secrets that were used where the bundle was made. */
  readonly secrets: readonly string[];
}

/** Everything that the documents need to run here: what is missing first, each kind in order. */
export function listNeedsHere(
  documents: readonly WorkflowDocument[],
  luggage: Luggage,
  inventory: Inventory,
  root: string,
): readonly Need[] {
  const { tools, models, workflows, lanes, paths, scripts } = listNeeds(documents);
  const { settings } = inventory;
  const isHere = (path: string) => existsSync(join(root, path));
  const servers = [...new Set(tools.flatMap((tool) => (tool.includes('__') ? [tool.slice(0, tool.indexOf('__'))] : [])))];
  const providers = [...new Set(models.map((model) => model.slice(0, model.indexOf('/'))))].filter((provider) => provider !== 'scripted');
  const secretsHere = [
    ...settings.providers
      .filter(({ id }) => providers.includes(id))
      .flatMap((provider) => ('keyName' in provider ? [provider.keyName] : [])),
    ...settings.mcpServers.filter(({ id }) => servers.includes(id)).flatMap(({ secrets }) => Object.values(secrets)),
  ].filter((name): name is string => typeof name === 'string' && name !== '');
  const secrets = [...new Set([...luggage.secrets, ...secretsHere])].sort();
  const lies = (path: string) => luggage.files.has(path) || [...luggage.files].some((file) => file.startsWith(`${path}/`));

  const needs: readonly Need[] = [
    ...workflows.map((name) => ({
      type: 'workflow' as const,
      name,
      isHere: luggage.workflows.has(name) || isHere(name),
      note: luggage.workflows.has(name) ? 'comes along' : null,
    })),
    ...tools.map((name) => ({
      type: 'tool' as const,
      name,
      isHere: inventory.tools === null || inventory.tools.includes(name),
      note: inventory.tools === null ? 'not known before its server was started' : null,
    })),
    ...servers.map((name) => ({
      type: 'server' as const,
      name,
      isHere: settings.mcpServers.some(({ id }) => id === name),
      note: 'add it under Settings, Tool servers; it is started only when you approve its command',
    })),
    ...models.map((name) => ({ type: 'model' as const, name, isHere: hasModel(name, luggage, settings, root), note: toModelNote(name) })),
    ...secrets.map((name) => ({
      type: 'secret' as const,
      name,
      isHere: inventory.secrets.includes(name),
      note: 'a name; its value is never in a bundle',
    })),
    ...paths.map((name) => {
      const isOutside = isAbsolute(name);
      return isOutside
        ? {
            type: 'grant' as const,
            name,
            isHere: settings.grants.some(({ path }) => name === path || name.startsWith(`${path}/`)),
            note: 'outside the workspace',
          }
        : {
            type: 'file' as const,
            name,
            isHere: lies(name) || isHere(name),
            note: lies(name) ? 'comes along' : isHere(name) ? null : 'a run may write it',
          };
    }),
    ...lanes.map((name) => ({
      type: 'lane' as const,
      name,
      isHere: settings.scheduling.lanes.some((lane) => lane.name === name),
      note: 'without settings of its own it has the usual quota',
    })),
    ...(scripts === 0
      ? []
      : [
          {
            type: 'code' as const,
            name: `${scripts} ${scripts === 1 ? 'script' : 'scripts'}`,
            isHere: true,
            note: 'run in the sandbox, without files and network',
          },
        ]),
  ];
  return needs.toSorted((a, b) => Number(a.isHere) - Number(b.isHere));
}

function hasModel(name: string, luggage: Luggage, { providers }: Inventory['settings'], root: string): boolean {
  const slash = name.indexOf('/');
  const provider = name.slice(0, slash);
  if (provider !== 'scripted') return providers.some(({ id }) => id === provider);
  const script = `scripts/${name.slice(slash + 1)}.script.json`;
  return name === 'scripted/demo' || luggage.files.has(script) || existsSync(join(root, script));
}

function toModelNote(name: string): string | null {
  return name.startsWith('scripted/') ? 'a script; needs no key and no network' : 'another can be chosen when a run starts';
}

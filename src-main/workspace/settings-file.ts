import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HeddleError } from '#shared/base/errors.ts';
import { type Settings, type SettingsPatch, settingsSchema } from '#shared/contract/settings.ts';
import { errnoOf, isMissing, toDiskRefusal } from './disk-refusals.ts';
import { replaceFile } from './durable-file.ts';
import { nameProblems } from './name-problems.ts';
import { createPathQueue } from './path-queue.ts';

/** The settings of this user. */
export interface SettingsFile {
  get(): Settings;
  /** Changes the settings named in `change` and resolves when they are on disk. A function computes the change from what stands when its turn comes. */
  save(change: SettingsPatch | ((current: Settings) => SettingsPatch)): Promise<Settings>;
  onChange(listener: (settings: Settings) => void): () => void;
}

/** Reads `settings.json` of the home; throws `config.invalid` naming every bad key. A missing file means defaults. */
export function createSettingsFile(home: string): SettingsFile {
  const path = join(home, 'settings.json');
  const listeners = new Set<(settings: Settings) => void>();
  const inTurn = createPathQueue();
  let settings = parse(readText(path), path);

  return {
    get: () => settings,
    save: (change) =>
      inTurn(path, async () => {
        const patch = typeof change === 'function' ? change(settings) : change;
        const next = settingsSchema.parse({ ...settings, ...patch });
        await replaceFile(path, `${JSON.stringify(next, null, 2)}\n`, 0o600).catch((error: unknown) => {
          throw toDiskRefusal(error, `save ${path}`);
        });
        settings = next;
        for (const listener of listeners) listener(next);
        return next;
      }),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return '{}';
    if (errnoOf(error) === 'EISDIR') throw invalid(path, 'it is a folder');
    throw toDiskRefusal(error, `read ${path}`);
  }
}

function parse(text: string, path: string): Settings {
  const result = settingsSchema.safeParse(toJson(text, path));
  if (result.success) return result.data;
  throw invalid(path, nameProblems(result.error));
}

function toJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(path, `it is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
}

function invalid(path: string, problems: string): HeddleError {
  return new HeddleError(
    'config.invalid',
    `The settings in ${path} cannot be used: ${problems}. Correct the file or remove it to start with the defaults.`,
    {
      details: { path },
    },
  );
}

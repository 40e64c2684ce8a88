import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseScript, type Script, toScriptRefusal } from './script.ts';

/** Scripts by name, looked for in folders in order. */
export interface ScriptFiles {
  /** The script, read anew when its file changed; rejects with `model.scriptedInvalid` when it is missing or wrong. */
  load(name: string): Promise<{ readonly script: Script; readonly path: string }>;
  /** The names of all scripts, each once, sorted. */
  list(): Promise<string[]>;
}

/** Scripts in the folders that `folders` gives at the moment of asking. A folder that is not there holds none. */
export function createScriptFiles(folders: () => readonly string[]): ScriptFiles {
  const cache = new Map<string, { readonly stamp: string; readonly script: Script }>();

  const readScript = async (path: string): Promise<Script | undefined> => {
    const info = await stat(path).catch(() => undefined);
    if (info === undefined) return undefined;
    if (!info.isFile() || info.size > maxBytes) throw toScriptRefusal(path, `a script is a file of at most ${maxBytes} bytes`);
    const stamp = `${info.mtimeMs}:${info.size}:${info.ino}`;
    const cached = cache.get(path);
    if (cached?.stamp === stamp) return cached.script;
    const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
      throw toScriptRefusal(path, 'it cannot be read', thrown);
    });
    const script = parseScript(text, path);
    cache.set(path, { stamp, script });
    return script;
  };
  const list = async () => {
    const entries = await Promise.all(folders().map((folder) => readdir(folder).catch(() => [])));
    const names = entries
      .flat()
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, -suffix.length));
    return [...new Set(names.filter((name) => namePattern.test(name)))].sort();
  };

  return {
    list,
    load: async (name) => {
      if (namePattern.test(name)) {
        for (const folder of folders()) {
          const path = join(folder, `${name}${suffix}`);
          const script = await readScript(path);
          if (script !== undefined) return { script, path };
        }
      }
      const known = await list();
      throw toScriptRefusal(
        `${name}${suffix}`,
        `there is no such script. ${known.length === 0 ? 'No scripts were found' : `There are: ${known.join(', ')}`}.`,
      );
    },
  };
}

const suffix = '.script.json';
const maxBytes = 2 ** 20;
const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

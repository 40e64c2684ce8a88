import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '#shared/base/clock.ts';
import { once } from '#shared/base/once.ts';
import type { FolderGrant } from '../tools/files/folder-grant.ts';
import type { Toolbox, ToolDefinition } from '../tools/tool.ts';
import type { ToolSource } from '../tools/toolbox.ts';
import type { SettingsFile } from '../workspace/settings-file.ts';
import type { LazySandbox } from './open-sandbox.ts';

/** What the tools work on. */
export interface ToolParts {
  readonly root: string;
  readonly home: string;
  readonly settings: SettingsFile;
  /** Folders outside the workspace that file tools may use now. */
  readonly grants: () => readonly FolderGrant[];
  readonly sandbox: LazySandbox;
  readonly mcp: ToolSource;
  readonly clock: Clock;
}

/** The tools of this workspace, and the list for the settings page. They are made with the first use. */
export interface OpenTools {
  /** Its `list` is empty before the first use of any tool. */
  readonly toolbox: Toolbox;
  list(): Promise<readonly ToolDefinition[]>;
}

/** File tools work in the workspace and granted folders, never where keys and settings are. */
export function openTools({ root, home, settings, grants, sandbox, mcp, clock }: ToolParts): OpenTools {
  let made: Toolbox | undefined;
  const toolbox = once(async () => {
    const [folderModule, list, read, search, write, web, request, code, box] = await Promise.all([
      import('../tools/files/granted-folders.ts'),
      import('../tools/files/list-files.ts'),
      import('../tools/files/read-file.ts'),
      import('../tools/files/search-files.ts'),
      import('../tools/files/write-file.ts'),
      import('../tools/fetch/web-tools.ts'),
      import('../tools/fetch/pinned-request.ts'),
      import('../tools/code/run-code.ts'),
      import('../tools/toolbox.ts'),
    ]);
    const folders = folderModule.createGrantedFolders({
      workspace: root,
      grants,
      denied: [home, ...['.ssh', '.gnupg', '.aws'].map((name) => join(homedir(), name))],
    });
    const access = { resolve: request.resolveHost, grants: () => settings.get().grantedHosts };
    const builtins = [
      list.createListFiles(folders, clock),
      read.createReadFile(folders, clock),
      search.createSearchFiles(folders, clock),
      write.createWriteFile(folders, clock),
      web.createFetchUrl(access, clock),
      web.createSendHttpRequest(access, clock),
      code.createRunCode(sandbox, clock),
    ];
    made = box.createToolbox({ builtins, mcp });
    return made;
  });
  return {
    toolbox: {
      list: () => made?.list() ?? [],
      find: async (name, signal) => (await toolbox()).find(name, signal),
      checkArguments: (definition, args) => {
        if (made === undefined) throw new Error('Arguments are checked for tools that were found');
        return made.checkArguments(definition, args);
      },
    },
    list: async () => (await toolbox()).list(),
  };
}

import { z } from 'zod';
import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';
import { defineTool } from '../define-tool.ts';
import type { Tool } from '../tool.ts';
import { toGlobMatcher } from './glob.ts';
import type { GrantedFolders } from './granted-folders.ts';
import { walkFolder } from './walk-folder.ts';

const input = z.strictObject({
  path: z.string().default('.').describe('The folder: relative to the workspace, or absolute inside a granted folder.'),
  isRecursive: z.boolean().default(true).describe('Also lists what is in subfolders (but not in .git and node_modules).'),
  glob: z.string().max(500).optional().describe('Only files whose path fits, such as *.md, notes/**/*.txt or *.{md,txt}.'),
  extensions: z.array(z.string().max(50)).max(50).optional().describe('Only files with one of these endings, such as ["md", "txt"].'),
  limit: z.int().min(1).max(5000).default(1000).describe('Lists at most this many files.'),
});

const output = z.strictObject({
  files: z.array(z.strictObject({ path: z.string(), sizeBytes: z.int() })),
  isComplete: z.boolean().describe('False when there are more files than were listed.'),
});

/** The tool that lists the files of a granted folder. */
export function createListFiles(folders: GrantedFolders, clock: Clock): Tool {
  return defineTool({
    name: 'list_files',
    description: 'Lists the files of a folder, with their sizes.',
    input,
    output,
    effect: 'idempotent',
    approval: 'never',
    timeoutMs: 30_000,
    outputCapBytes: 1024 * 1024,
    clock,
    run: async (args, { signal }) => {
      const found = await folders.find(args.path, 'read');
      const isWanted = toFileFilter(args.glob, args.extensions);
      const files: { path: string; sizeBytes: number }[] = [];
      let isComplete = true;
      const onBound = () => {
        isComplete = false;
      };
      for await (const file of walkFolder(folders, found.real, { isRecursive: args.isRecursive, signal, onBound })) {
        if (!isWanted(file.below)) continue;
        if (files.length >= args.limit) {
          isComplete = false;
          break;
        }
        files.push({ path: folders.toShown(file.real), sizeBytes: file.sizeBytes });
      }
      return { files, isComplete };
    },
  });
}

/** A predicate on paths below the folder asked for; refuses a glob with too many alternatives. */
export function toFileFilter(glob: string | undefined, extensions: readonly string[] | undefined): (below: string) => boolean {
  const matches = glob === undefined ? () => true : toGlobMatcher(glob);
  if (matches === undefined)
    throw new HeddleError('tool.argumentsInvalid', 'The braces of the glob spell out too many alternatives; use fewer.');
  const endings = extensions?.map((extension) => `.${extension.replace(/^\*?\./, '').toLowerCase()}`);
  return (below) => matches(below) && (endings === undefined || endings.some((ending) => below.toLowerCase().endsWith(ending)));
}

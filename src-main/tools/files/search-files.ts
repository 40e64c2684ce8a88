import { z } from 'zod';
import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';
import { capText } from '../cap-value.ts';
import { defineTool } from '../define-tool.ts';
import type { Tool } from '../tool.ts';
import { matchesWildcard } from './glob.ts';
import type { GrantedFolders } from './granted-folders.ts';
import { toFileFilter } from './list-files.ts';
import { readLines } from './read-lines.ts';
import { decodeText, toTextVerdict } from './text-encoding.ts';
import { type WalkedFile, walkFolder } from './walk-folder.ts';

const input = z.strictObject({
  query: z.string().min(1).max(500).describe('The text to find in a line.'),
  mode: z
    .enum(['text', 'wildcard'])
    .default('text')
    .describe('text: the query as it is; wildcard: * stands for any run of characters, ? for one.'),
  isCaseSensitive: z.boolean().default(false),
  path: z.string().default('.').describe('The folder or file to search.'),
  glob: z.string().max(500).optional().describe('Only files whose path fits, such as *.md.'),
  limit: z.int().min(1).max(1000).default(200).describe('Answers at most this many lines.'),
});

const output = z.strictObject({
  matches: z.array(z.strictObject({ path: z.string(), line: z.int(), text: z.string() })),
  filesSearched: z.int(),
  isComplete: z.boolean().describe('False when not everything was searched or there are more matches.'),
});

/** Of one line, this much is compared; of a matching one, this much is shown. */
const comparedBytes = 64 * 1024;
const shownBytes = 500;
/** All files of one call together. */
const mostBytes = 512 * 1024 * 1024;

/** The tool that finds lines in the text files of a granted folder: literal text or wildcards, never a regular expression. */
export function createSearchFiles(folders: GrantedFolders, clock: Clock): Tool {
  return defineTool({
    name: 'search_files',
    description: 'Finds the lines that contain a text in the text files of a folder.',
    input,
    output,
    effect: 'idempotent',
    approval: 'never',
    timeoutMs: 60_000,
    outputCapBytes: 1024 * 1024,
    clock,
    run: async (args, { signal }) => {
      const isHit = toLineTest(args);
      const matches: { path: string; line: number; text: string }[] = [];
      let filesSearched = 0;
      let bytesSearched = 0;
      let isComplete = true;
      const onBound = () => {
        isComplete = false;
      };
      for await (const file of findFiles(folders, args.path, args.glob, { isRecursive: true, signal, onBound })) {
        const path = folders.toShown(file.real);
        const lines = readTextLines(folders, file, signal);
        let number = 0;
        filesSearched += 1;
        for await (const { text, sizeBytes } of lines) {
          number += 1;
          bytesSearched += sizeBytes;
          if (bytesSearched > mostBytes || (isHit(text) && matches.length >= args.limit))
            return { matches, filesSearched, isComplete: false };
          if (isHit(text)) matches.push({ path, line: number, text: capText(text.trim(), shownBytes).text });
        }
      }
      return { matches, filesSearched, isComplete };
    },
  });
}

function toLineTest({ query, mode, isCaseSensitive }: z.output<typeof input>): (line: string) => boolean {
  const fold = (text: string) => (isCaseSensitive ? text : text.toLowerCase());
  const wanted = fold(query);
  if (mode === 'text') return (line) => fold(line).includes(wanted);
  return (line) => matchesWildcard(`*${wanted}*`, fold(line));
}

async function* findFiles(
  folders: GrantedFolders,
  path: string,
  glob: string | undefined,
  options: Parameters<typeof walkFolder>[2],
): AsyncGenerator<WalkedFile> {
  const found = await folders.find(path, 'read');
  const isWanted = toFileFilter(glob, undefined);
  try {
    for await (const file of walkFolder(folders, found.real, options)) if (isWanted(file.below)) yield file;
  } catch (error) {
    if (!(error instanceof HeddleError) || error.details?.systemCode !== 'ENOTDIR') throw error;
    yield { real: found.real, below: found.shown, sizeBytes: 0 };
  }
}

async function* readTextLines(
  folders: GrantedFolders,
  file: WalkedFile,
  signal: AbortSignal,
): AsyncGenerator<{ text: string; sizeBytes: number }> {
  const handle = await openOrSkip(folders, file);
  if (handle === undefined) return;
  try {
    let encoding: Parameters<typeof decodeText>[1] | undefined;
    let startByte = 0;
    for await (const { bytes } of readLines(handle, comparedBytes, signal)) {
      if (encoding === undefined) {
        const verdict = toTextVerdict(bytes);
        // Line ends of UTF-16 are not single bytes; such files are rare and read_file reads them.
        if (verdict.type === 'binary' || verdict.encoding.startsWith('utf-16')) return;
        encoding = verdict.encoding;
        startByte = verdict.startByte;
      } else if (bytes.includes(0)) return;
      yield { text: decodeText(bytes.subarray(startByte), encoding), sizeBytes: bytes.length + 1 };
      startByte = 0;
    }
  } finally {
    await handle.close();
  }
}

async function openOrSkip(folders: GrantedFolders, file: WalkedFile) {
  try {
    return await folders.openForReading({ real: file.real, shown: folders.toShown(file.real), missingFolders: [], exists: true });
  } catch (error) {
    // Not readable, or replaced since its folder was read: the others can still be searched.
    if (error instanceof HeddleError) return undefined;
    throw error;
  }
}

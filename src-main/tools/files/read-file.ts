import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';
import { defineTool, type ToolRunContext } from '../define-tool.ts';
import type { Tool } from '../tool.ts';
import { toFileFailure } from './file-failure.ts';
import type { GrantedFolders } from './granted-folders.ts';
import { readLines } from './read-lines.ts';
import { decodeText, type TextEncoding, toTextVerdict, verdictBytes } from './text-encoding.ts';

const input = z.strictObject({
  path: z.string().describe('The file: relative to the workspace, or absolute inside a granted folder. Folders are separated by /.'),
  fromByte: z.int().nonnegative().optional().describe('Reads from this byte on.'),
  maxBytes: z.int().positive().optional().describe('Reads at most this many bytes.'),
  fromLine: z.int().positive().optional().describe('Reads from this line on; the first is 1.'),
  toLine: z.int().positive().optional().describe('Reads up to this line, included.'),
});

const output = z.strictObject({
  path: z.string(),
  text: z.string(),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']),
  sizeBytes: z.int(),
  isComplete: z.boolean().describe('False when the text is a part of the file.'),
});

/** The tool that reads a text file of a granted folder, whole or a range of bytes or lines. */
export function createReadFile(folders: GrantedFolders, clock: Clock): Tool {
  return defineTool({
    name: 'read_file',
    description: 'Reads a text file. Give a range of bytes or of lines to read a part of a large one.',
    input,
    output,
    effect: 'idempotent',
    approval: 'never',
    timeoutMs: 30_000,
    outputCapBytes: 1024 * 1024,
    clock,
    run: async (args, context) => {
      checkRange(args);
      const found = await folders.find(args.path, 'read');
      const handle = await folders.openForReading(found);
      try {
        const head = await readPart(handle, 0, verdictBytes);
        const verdict = toTextVerdict(head);
        if (verdict.type === 'binary') {
          throw new HeddleError('tool.failed', `${found.shown} is a binary file; only text can be read.`, {
            details: { path: found.shown },
          });
        }
        const { size: sizeBytes } = await handle.stat();
        const { encoding, startByte } = verdict;
        const part =
          args.fromLine === undefined && args.toLine === undefined
            ? await readByteRange(handle, { encoding, startByte, sizeBytes }, args, context)
            : await readLineRange(handle, { encoding, startByte, sizeBytes }, args, context);
        return { path: found.shown, text: part.text, encoding, sizeBytes, isComplete: part.isComplete };
      } catch (error) {
        throw toFileFailure(error, found.shown, 'read');
      } finally {
        await handle.close();
      }
    },
  });
}

type Range = z.output<typeof input>;
interface TextFile {
  readonly encoding: TextEncoding;
  readonly startByte: number;
  readonly sizeBytes: number;
}
interface TextPart {
  readonly text: string;
  readonly isComplete: boolean;
}

/** Room in the cap for the other fields of the answer. */
const otherFieldsBytes = 8 * 1024;

function checkRange(range: Range): void {
  const hasBytes = range.fromByte !== undefined || range.maxBytes !== undefined;
  const hasLines = range.fromLine !== undefined || range.toLine !== undefined;
  if (hasBytes && hasLines)
    throw new HeddleError('tool.argumentsInvalid', 'Give a range of bytes or a range of lines to read_file, not both.');
  if ((range.fromLine ?? 1) > (range.toLine ?? Number.MAX_SAFE_INTEGER)) {
    throw new HeddleError('tool.argumentsInvalid', 'fromLine is after toLine: no line is between them.');
  }
}

async function readByteRange(handle: FileHandle, file: TextFile, range: Range, context: ToolRunContext): Promise<TextPart> {
  const capBytes = context.outputCapBytes - otherFieldsBytes;
  const from = Math.max(range.fromByte ?? 0, file.startByte);
  const wanted = Math.min(range.maxBytes ?? Number.MAX_SAFE_INTEGER, Math.max(0, file.sizeBytes - from));
  if (wanted > capBytes) context.markTruncated();
  const bytes = await readPart(handle, from, Math.min(wanted, capBytes));
  const isComplete = from <= file.startByte && from + bytes.length >= file.sizeBytes;
  return { text: decodeText(bytes, file.encoding), isComplete };
}

async function readLineRange(handle: FileHandle, file: TextFile, range: Range, context: ToolRunContext): Promise<TextPart> {
  if (file.encoding.startsWith('utf-16')) {
    throw new HeddleError('tool.failed', 'Lines of a UTF-16 file cannot be counted; read it whole or by bytes.');
  }
  const capBytes = context.outputCapBytes - otherFieldsBytes;
  const fromLine = range.fromLine ?? 1;
  const toLine = range.toLine ?? Number.MAX_SAFE_INTEGER;
  const lines: string[] = [];
  let number = 0;
  let keptBytes = 0;
  let endByte = 0;
  for await (const line of readLines(handle, capBytes, context.signal)) {
    number += 1;
    if (number > toLine) break;
    endByte = line.endByte;
    if (number < fromLine) continue;
    keptBytes += line.bytes.length + 1;
    if (keptBytes > capBytes || !line.isWhole) {
      context.markTruncated();
      lines.push(decodeText(line.bytes.subarray(0, Math.max(0, capBytes - (keptBytes - line.bytes.length))), file.encoding));
      endByte = -1;
      break;
    }
    const bytes = number === 1 ? line.bytes.subarray(file.startByte) : line.bytes;
    lines.push(decodeText(bytes, file.encoding).replace(/\r$/, ''));
  }
  return { text: lines.join('\n'), isComplete: fromLine === 1 && endByte >= file.sizeBytes };
}

async function readPart(handle: FileHandle, from: number, length: number): Promise<Buffer> {
  const { size } = await handle.stat();
  const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - from)));
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

interface Entry {
  readonly files?: Readonly<Record<string, Entry>>;
  readonly offset?: string;
  readonly size?: number;
  readonly unpacked?: boolean;
}

/** Reads a text file as Electron does: a path may lead into an archive, and from there to what lies unpacked beside it. */
export function readTextFile(path: string): string {
  const [, archive, inside] = /^(.*\.asar)\/(.+)$/.exec(path) ?? [];
  if (archive === undefined || inside === undefined) return readFileSync(path, 'utf8');
  const { root, dataOffset } = readHeader(archive);
  const entry = inside.split('/').reduce<Entry | undefined>((folder, name) => folder?.files?.[name], root);
  if (entry === undefined) throw new Error(`ENOENT: ${inside} is not in ${archive}`);
  if (entry.unpacked === true) return readFileSync(`${archive}.unpacked/${inside}`, 'utf8');
  return readBytes(archive, dataOffset + Number(entry.offset), entry.size ?? 0).toString();
}

/** Four sizes of four bytes, then the header as JSON, then the files one after the other; offsets count from there. */
function readHeader(archive: string): { root: Entry; dataOffset: number } {
  const sizes = readBytes(archive, 0, 16);
  return { root: JSON.parse(readBytes(archive, 16, sizes.readUInt32LE(12)).toString()), dataOffset: 8 + sizes.readUInt32LE(4) };
}

function readBytes(file: string, position: number, length: number): Buffer {
  const handle = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(length);
    readSync(handle, bytes, 0, length, position);
    return bytes;
  } finally {
    closeSync(handle);
  }
}

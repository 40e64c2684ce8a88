import type { FolderAccess } from './folder-grant.ts';

/**
 * Why a path is refused by its form alone, before the disk is asked; undefined when the form is fine. Forms that mean an escape on any
 * platform are refused on all of them, names that Windows cannot hold where the platform is Windows or something new would get them.
 */
export function findRefusedForm(path: string, access: FolderAccess, platform: NodeJS.Platform): string | undefined {
  if (path.includes('\0')) return 'it contains a NUL byte';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters in names are what is looked for
  if (/[\u0001-\u001f\u007f]/.test(path)) return 'it contains a control character';
  if (path.length > longestPath) return `it is longer than ${longestPath} characters`;
  if (/^[\\/]{2}/.test(path)) return 'it is a network or device path';
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) return 'it is a URL, not a path';
  if (path === '~' || /^~[\\/]/.test(path)) return 'the home folder shorthand ~ is not expanded';
  if (platform !== 'win32') {
    if (/^[a-z]:/i.test(path)) return 'it names a Windows drive';
    if (path.includes('\\')) return 'folders are separated by /, not by \\';
  }
  const segments = toSegments(path, platform);
  if (segments.some(isJournalFolder)) {
    return `${journalFolder} holds the workspace's journal, which no tool may touch`;
  }
  return platform === 'win32' || access === 'write' ? findUnportableName(segments) : undefined;
}

/** The folder of the journal and its blobs, inside every workspace. */
export const journalFolder = '.heddle';

/** True for every spelling that some file system takes for `.heddle`: case, trailing dots and spaces, characters without width. */
export function isJournalFolder(segment: string): boolean {
  const plain = segment.replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g, '').normalize('NFKC');
  return plain.toLowerCase().replace(/[. ]+$/, '') === journalFolder;
}

const longestPath = 4096;
const reservedName = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)(\.|$)/i;
const shortName = /~[0-9]+(\.|$)/;

function findUnportableName(segments: readonly string[]): string | undefined {
  for (const segment of segments) {
    if (segment === '.' || segment === '..' || segment === '') continue;
    if (segment.includes(':')) return `${JSON.stringify(segment)} contains a colon (an alternate data stream on Windows)`;
    if (/[. ]$/.test(segment)) return `${JSON.stringify(segment)} ends in a dot or a space, which Windows drops`;
    if (reservedName.test(segment)) return `${JSON.stringify(segment)} is a device name on Windows`;
    if (shortName.test(segment)) return `${JSON.stringify(segment)} looks like a Windows short name`;
  }
  return undefined;
}

function toSegments(path: string, platform: NodeJS.Platform): readonly string[] {
  const withoutDrive = platform === 'win32' ? path.replace(/^[a-z]:(?=[\\/])/i, '') : path;
  return withoutDrive.split(platform === 'win32' ? /[\\/]/ : '/');
}

/** `write` includes reading. */
export type FolderAccess = 'read' | 'write';

/** A folder that file tools may use, with all that is in it. */
export interface FolderGrant {
  readonly path: string;
  readonly access: FolderAccess;
}

import { registerPanel } from '../../app/panels.ts';
import { FileView } from './file-view.tsx';

/** The text of a file of the workspace. */
export function register(): void {
  registerPanel('file', FileView);
}

import { registerCommands } from '../../app/commands.ts';
import { registerPanel } from '../../app/panels.ts';
import { followRenames } from './follow-renames.ts';
import { pinCommands } from './pin-commands.ts';
import { PinOutput } from './pin-output.tsx';

/** Outputs of nodes that are kept beside the workflow, to stand in for the nodes when only a part of it runs. */
export function register(): void {
  registerPanel('node-outputs', PinOutput);
  registerCommands(pinCommands);
  followRenames();
}

import type { HookPoint } from '#shared/workflow/document.ts';

/** The moments at which hooks are asked, as they are called on screen. */
export const hookPointTitles: Readonly<Record<HookPoint, string>> = {
  beforeRun: 'Before the run',
  afterRun: 'After the run',
  beforeNode: 'Before a node',
  afterNode: 'After a node',
  beforeModelCall: 'Before a model call',
  afterModelCall: 'After a model call',
  beforeToolCall: 'Before a tool call',
  afterToolCall: 'After a tool call',
  onError: 'On an error',
};

import { bundleHandlers } from './bundle-handlers.ts';
import { deadLetterHandlers } from './dead-letter-handlers.ts';
import { journalHandlers } from './journal-handlers.ts';
import { laneHandlers } from './lane-handlers.ts';
import { pinHandlers } from './pin-handlers.ts';
import { procedures } from './procedures.ts';
import { approvalHandlers, runHandlers } from './run-handlers.ts';
import { providerHandlers, secretHandlers, settingsHandlers } from './settings-handlers.ts';
import { mcpHandlers, toolHandlers } from './tool-handlers.ts';
import { templateHandlers, workflowHandlers } from './workflow-handlers.ts';
import { hostHandlers, workspaceHandlers } from './workspace-handlers.ts';

/** The whole contract with its handlers: served over WebSocket and REST, and called directly by the command line. */
export const router = procedures.router({
  host: hostHandlers,
  workspace: workspaceHandlers,
  workflow: workflowHandlers,
  template: templateHandlers,
  bundle: bundleHandlers,
  pin: pinHandlers,
  run: runHandlers,
  approval: approvalHandlers,
  deadLetter: deadLetterHandlers,
  journal: journalHandlers,
  lane: laneHandlers,
  settings: settingsHandlers,
  provider: providerHandlers,
  secret: secretHandlers,
  tool: toolHandlers,
  mcp: mcpHandlers,
});

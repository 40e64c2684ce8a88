import { oc } from '@orpc/contract';
import { errorInfoSchema } from '../base/errors.ts';
import { bundleContract } from './bundles.ts';
import { deadLetterContract } from './dead-letters.ts';
import { journalContract } from './journal.ts';
import { laneContract } from './lanes.ts';
import { pinContract } from './pins.ts';
import { approvalContract, runContract } from './runs.ts';
import {
  hostContract,
  mcpContract,
  providerContract,
  secretContract,
  settingsContract,
  toolContract,
  workspaceContract,
} from './settings.ts';
import { templateContract, workflowContract } from './workflows.ts';

/**
 * Everything the host can be asked, once for WebSocket, REST and OpenAPI.
 * Procedures are requests (`noun.verb`); a refusal is the typed error `REFUSED` whose data is an `ErrorInfo`.
 */
export const contract = oc
  .errors({ REFUSED: { status: 422, message: 'The host refused the request', data: errorInfoSchema } })
  .prefix('/api/v1')
  .router({
    host: hostContract,
    workspace: workspaceContract,
    workflow: workflowContract,
    template: templateContract,
    bundle: bundleContract,
    pin: pinContract,
    run: runContract,
    approval: approvalContract,
    deadLetter: deadLetterContract,
    journal: journalContract,
    lane: laneContract,
    settings: settingsContract,
    provider: providerContract,
    secret: secretContract,
    tool: toolContract,
    mcp: mcpContract,
  });

export type Contract = typeof contract;

export { socketPath } from './socket-path.ts';

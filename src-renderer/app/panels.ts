import type { ComponentType } from 'react';
import type { JsonObject } from '#shared/base/json.ts';
import type { OpenApproval } from '#shared/contract/runs.ts';
import type { GraphView } from '#shared/run/node-states.ts';
import type { CallState, RunState } from '#shared/run/state.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';

/** What each panel is given. A feature fills a panel; the frame and other features show it without knowing the feature. */
export interface PanelProps {
  /** The canvas of a workflow tab. */
  readonly 'workflow-editor': { readonly path: string; readonly tabId: string };
  /** Beside a workflow: the fields of what is selected in the tab (`state/selection.ts`). */
  readonly inspector: { readonly path: string; readonly tabId: string };
  /** Every kind of node, to be put on the canvas. */
  readonly 'node-palette': { readonly path: string; readonly tabId: string };
  /** Over a canvas while it is open: find and replace in its workflow. */
  readonly 'find-replace': {
    readonly path: string;
    readonly tabId: string;
    readonly document: WorkflowDocument;
    readonly isReadOnly: boolean;
  };
  /** Beside the canvas of a workflow: the same workflow as code. Shows nothing while it is closed. */
  readonly 'workflow-code': { readonly path: string; readonly tabId: string };
  readonly problems: { readonly path: string; readonly tabId: string };
  readonly plan: { readonly path: string; readonly tabId: string };
  /** What was done to a workflow, and the way back to any version of it. */
  readonly history: { readonly path: string };
  /** In the place of the canvas: two versions of a workflow and where they differ. */
  readonly comparison: { readonly path: string };
  /** The workflow of a run with the state of each node, read-only. */
  readonly 'run-canvas': {
    readonly runKey: string;
    readonly state: RunState;
    /** The graph to draw: the run's own, or that of the scope with this path. */
    readonly graph: GraphView;
    readonly scope: string;
    /** Addresses of the nodes whose model is speaking right now. */
    readonly streamingNodes: ReadonlySet<string>;
    /** An address, as those that the callbacks are given. */
    readonly selectedNode: string | null;
    readonly onSelectNode: (node: string | null) => void;
    /** Looks into what a map, loop or subflow runs. */
    readonly onEnterNode: (node: string) => void;
  };
  readonly 'run-view': { readonly runKey: string };
  /** Buttons in a run's header for what can be asked of it while it lives. */
  readonly 'run-controls': { readonly runKey: string };
  /** Above a fork's canvas: where it comes from. */
  readonly 'run-origin': { readonly runKey: string };
  /** Beside a call in full: what can be done with it. */
  readonly 'call-actions': { readonly call: CallState };
  /** Below what a node of a workflow file gave in a run: what can be done with it. */
  readonly 'node-outputs': { readonly path: string; readonly node: string; readonly outputs: JsonObject };
  /** Above a run's canvas: what a person should know of how it stands. */
  readonly 'run-notice': { readonly runKey: string };
  readonly 'run-frames': { readonly runKey: string };
  readonly 'run-inspector': { readonly runKey: string };
  readonly 'run-events': { readonly runKey: string };
  /** What each model call of a run was sent. */
  readonly 'run-context': { readonly runKey: string };
  /** Where the time, tokens and money of a run went. */
  readonly 'run-flame': { readonly runKey: string };
  readonly 'run-output': { readonly runKey: string };
  readonly 'run-console': { readonly runKey: string };
  readonly explorer: NoProps;
  readonly runs: NoProps;
  readonly approvals: NoProps;
  readonly 'approvals-inbox': NoProps;
  readonly 'approval-card': { readonly approval: OpenApproval };
  /** Lanes, workers, limits, circuit breakers and who waits; and the lanes in brief, for the side panel. */
  readonly lanes: NoProps;
  readonly 'lane-list': NoProps;
  /** Everything that finally failed, and one of it in full. */
  readonly 'dead-letters': NoProps;
  readonly 'dead-letter': NoProps;
  /** The hooks of a workflow, inside its inspector. */
  readonly 'workflow-hooks': { readonly path: string; readonly isReadOnly: boolean };
  readonly file: { readonly path: string };
  readonly settings: NoProps;
  readonly welcome: NoProps;
}

type NoProps = Readonly<Record<never, never>>;
export type PanelId = keyof PanelProps;

const panels = new Map<PanelId, ComponentType<never>>();
const overlays: ComponentType[] = [];

/** Gives a panel its component. Called once by each feature, before the window is drawn. */
export function registerPanel<Id extends PanelId>(id: Id, component: ComponentType<PanelProps[Id]>): void {
  if (panels.has(id)) throw new Error(`The panel ${id} is there twice`);
  panels.set(id, component as ComponentType<never>);
}

/** The component of a panel, or undefined when no feature gives it. */
export function findPanel<Id extends PanelId>(id: Id): ComponentType<PanelProps[Id]> | undefined {
  return panels.get(id) as ComponentType<PanelProps[Id]> | undefined;
}

/** Adds something that floats above the window, such as a dialog that opens by itself. */
export function registerOverlay(component: ComponentType): void {
  overlays.push(component);
}

export function listOverlays(): readonly ComponentType[] {
  return overlays;
}

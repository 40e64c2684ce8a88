import type { Histories } from '#main/editing/histories.ts';
import type { EventStore } from '#main/event-store/event-store.ts';
import type { ProviderTest } from '#main/models/model.ts';
import type { DeadLetters } from '#main/runtime/dead-letters.ts';
import type { Parts } from '#main/runtime/parts.ts';
import type { Runs } from '#main/runtime/runs.ts';
import type { Scheduling } from '#main/runtime/scheduling.ts';
import type { ToolDefinition } from '#main/tools/tool.ts';
import type { WorkflowCode } from '#main/workflow-code/workflow-code.ts';
import type { Bundles } from '#main/workspace/bundles.ts';
import type { PinFiles } from '#main/workspace/pins.ts';
import type { SettingsFile } from '#main/workspace/settings-file.ts';
import type { TemplateLibrary } from '#main/workspace/template-library.ts';
import type { WorkflowFiles } from '#main/workspace/workflow-files.ts';
import type { WorkspaceFolder } from '#main/workspace/workspace-folder.ts';
import type { JsonObject } from '#shared/base/json.ts';
import type { BackupReport, CompactionReport, JournalStatus } from '#shared/contract/journal.ts';
import type { ProviderConfig } from '#shared/contract/providers.ts';
import type { HostInfo, McpServerConfig, McpServerStatus, RecentWorkspace, SecretStatus } from '#shared/contract/settings.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import type { Problem, RecordedFigures, WorkflowPlan } from '#shared/workflow/problem.ts';

/** Everything the API delegates to; the composition root fills it. */
export interface HostServices {
  info(): HostInfo;
  readiness(): Readiness;
  readonly runs: Runs;
  readonly parts: Parts;
  readonly deadLetters: DeadLetters;
  readonly scheduling: Scheduling;
  readonly store: EventStore;
  readonly journal: JournalCare;
  readonly workflows: WorkflowFiles;
  readonly histories: Histories;
  readonly pins: PinFiles;
  readonly checks: WorkflowChecks;
  readonly code: WorkflowCode;
  readonly folder: WorkspaceFolder;
  /** Workspaces of this user, the latest first. */
  recentWorkspaces(): readonly RecentWorkspace[];
  readonly templates: TemplateLibrary;
  readonly bundles: Bundles;
  readonly settings: SettingsFile;
  readonly secrets: Secrets;
  readonly providers: Providers;
  /** Tools that nodes can use now. */
  listTools(): Promise<readonly ToolDefinition[]>;
  readonly mcp: McpServers;
  /** Aborts when the host closes: streams end. */
  readonly closing: AbortSignal;
  /** Writes down a bug under its id, for the person who is asked about it. */
  reportBug(id: string, procedure: string, thrown: unknown): void;
  newId(): string;
}

/** What the host depends on, each with its state in words. */
export interface Readiness {
  readonly isReady: boolean;
  readonly dependencies: Readonly<Record<string, { readonly isOk: boolean; readonly message: string }>>;
}

/** Looking after the journal as a whole. */
export interface JournalCare {
  status(): JournalStatus;
  /** Into this file or folder, or where backups go by themselves. */
  backUp(path: string | undefined): Promise<BackupReport>;
  /** Compresses the runs that ended longer ago than this; when the signal comes, those that it has not reached stay as they are. */
  compact(olderThanDays: number, dryRun: boolean, signal: AbortSignal): Promise<CompactionReport>;
}

/** What can be said of a document without running it. */
export interface WorkflowChecks {
  validate(document: WorkflowDocument): Promise<readonly Problem[]>;
  plan(document: WorkflowDocument, recorded: Readonly<Record<string, RecordedFigures>>): WorkflowPlan;
  /** Refuses with `pin.invalid` outputs that a node of the document cannot give. */
  outputs(document: WorkflowDocument, node: string, outputs: JsonObject): void;
}

/** Keys of providers and tools. Values go in and are never given back. */
export interface Secrets {
  status(): Promise<SecretStatus>;
  set(name: string, value: string): Promise<void>;
  remove(name: string): Promise<void>;
  unlock(passphrase: string): Promise<void>;
}

/** The places where models answer, apart from their configuration, which is part of the settings. */
export interface Providers {
  /** The configured ones and those that are always there. */
  list(): Promise<readonly (ProviderConfig & { readonly hasKey: boolean; readonly models: readonly string[] })[]>;
  test(id: string, signal: AbortSignal): Promise<ProviderTest>;
  probeLocal(signal: AbortSignal): Promise<readonly { readonly config: ProviderConfig; readonly models: readonly string[] }[]>;
}

/** The MCP servers of this user. Nothing starts but through `connect`, or a tool call, of an approved command. */
export interface McpServers {
  list(): Promise<readonly McpServerStatus[]>;
  save(config: McpServerConfig): Promise<void>;
  remove(id: string): Promise<void>;
  approve(id: string, commandHash: string): Promise<void>;
  connect(id: string, signal: AbortSignal): Promise<McpServerStatus>;
  stop(id: string): Promise<void>;
}

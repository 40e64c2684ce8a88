import { basename } from 'node:path';
import { HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { Settings } from '#shared/contract/settings.ts';
import { toRunId } from '#shared/run/events.ts';
import { planWorkflow } from '#shared/workflow/plan.ts';
import { validateWorkflow } from '#shared/workflow/validation.ts';
import type { WorkflowCatalogue } from '#shared/workflow/validation-subject.ts';
import type { HostServices, Readiness } from '../api/services.ts';
import { toEditedWorkflows } from '../editing/edited-workflows.ts';
import { createHistories } from '../editing/histories.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { executors } from '../executors/registry.ts';
import { createRuns } from '../runtime/create-runs.ts';
import { createDeadLetters } from '../runtime/dead-letters.ts';
import { checkOutputs } from '../runtime/given-outputs.ts';
import { createLanes } from '../runtime/lanes/lanes.ts';
import { createOutsideCalls, type OutsideCallSettings } from '../runtime/outside-calls.ts';
import { createParts } from '../runtime/parts.ts';
import { createScheduling } from '../runtime/scheduling.ts';
import { type ArgumentChecker, createArgumentChecker } from '../tools/check-arguments.ts';
import type { Toolbox } from '../tools/tool.ts';
import { createBundles } from '../workspace/bundles.ts';
import type { Configuration } from '../workspace/configuration.ts';
import { ensureHeddleHome } from '../workspace/heddle-home.ts';
import { readInstallToken } from '../workspace/install-token.ts';
import { createPinFiles } from '../workspace/pins.ts';
import { readRecentWorkspaces, rememberWorkspace } from '../workspace/recent-workspaces.ts';
import { createSettingsFile } from '../workspace/settings-file.ts';
import { createTemplateLibrary } from '../workspace/template-library.ts';
import { createTemplates } from '../workspace/user-templates.ts';
import { createWorkflowFiles } from '../workspace/workflow-files.ts';
import { createWorkspaceFolder, openWorkspaceFolder } from '../workspace/workspace-folder.ts';
import { newId, newRunId } from './ids.ts';
import { installation, readVersion } from './installation.ts';
import { createJournalCare } from './journal-care.ts';
import { createJournalReadiness } from './journal-readiness.ts';
import { listenWhereLast } from './listen-where-last.ts';
import { createLog } from './log.ts';
import { openJournal, toHeddleFolder } from './open-journal.ts';
import { openMcp } from './open-mcp.ts';
import { openModels } from './open-models.ts';
import { openSandbox } from './open-sandbox.ts';
import { openSecrets } from './open-secrets.ts';
import { openTools } from './open-tools.ts';
import { openWorkflowCode } from './open-workflow-code.ts';
import { createReadOnlyRuns, toReadOnlyBundles, toReadOnlyPins, toReadOnlyTemplates, toReadOnlyWorkflows } from './read-only.ts';
import { listRecentWorkspaces } from './recent-workspaces.ts';
import { createRunGrants } from './run-grants.ts';
import { systemClock } from './system-clock.ts';

/** One open workspace with everything behind the API. */
export interface Host {
  readonly services: HostServices;
  /** The workspace, links resolved. */
  readonly root: string;
  /** Serves the API on 127.0.0.1 to whoever has the token, and tells other processes of this user where. */
  listen(): Promise<{ readonly url: string; readonly port: number; readonly token: string }>;
  /** Takes up what was running when the last host stopped. */
  recover(): Promise<void>;
  close(): Promise<void>;
}

/** What tests put between the host and its world, to count, record and kill there. Programs leave it out. */
export interface HostSeams {
  readonly aroundStore?: (store: EventStore) => EventStore;
  readonly aroundToolbox?: (toolbox: Toolbox) => Toolbox;
}

/** Opens a workspace: chooses every implementation and connects them. What a start does not need is made with its first use. */
export function createHost(configuration: Configuration, { aroundStore, aroundToolbox }: HostSeams = {}): Host {
  const { home } = configuration;
  const clock = systemClock;
  const { root, isWritable } = openWorkspaceFolder(configuration.workspace);
  ensureHeddleHome(home);
  const log = createLog(home, configuration.logLevel, clock);
  const settings = createSettingsFile(home);
  const journal = openJournal(root, { readOnly: configuration.readOnly, isWritable, nowMs: clock.nowMs() });
  const { readOnlyReason } = journal;
  const store = aroundStore?.(journal.store) ?? journal.store;

  const journalReadiness = createJournalReadiness(toHeddleFolder(root), readOnlyReason, clock);
  const secrets = openSecrets(home);
  const sandbox = openSandbox(clock);
  const mcp = openMcp(home, settings, secrets, clock);
  const grants = () => [...settings.get().grants, ...runGrants()];
  const tools = openTools({ root, home, settings, grants, sandbox, mcp: mcp.source, clock });
  const toolbox = aroundToolbox?.(tools.toolbox) ?? tools.toolbox;
  const { models, providers } = openModels(root, settings, secrets, clock);
  const checkJson = createLazyChecker();
  const calls = createOutsideCalls(clock, toCallSettings(settings.get()));
  const lanes = createLanes(clock, settings.get().scheduling);
  settings.onChange((changed) => {
    calls.configure(toCallSettings(changed));
    lanes.configure(changed.scheduling);
  });
  const running = { executors, checkJson: (schema: JsonObject, value: JsonValue) => checkJson()(schema, value as JsonObject) };
  const runs =
    readOnlyReason === null
      ? createRuns({
          store,
          world: { clock, random: Math.random, models, toolbox, calls, lanes },
          ...running,
          newRunId: () => newRunId(clock.nowMs()),
          onProblem: (message) => log('warn', message),
        })
      : createReadOnlyRuns(store, readOnlyReason, running);
  const deadLetters = createDeadLetters({
    store,
    runs,
    clock,
    isReadOnly: readOnlyReason !== null,
    onProblem: (message) => log('warn', message),
  });
  const runGrants = createRunGrants(runs, root);
  const bareFiles = createWorkflowFiles(root, clock);
  const histories = createHistories({
    store,
    files: bareFiles,
    clock,
    newId,
    readOnlyReason,
    onProblem: (message) => log('warn', message),
  });
  const files = toEditedWorkflows(bareFiles, histories);
  const pins = createPinFiles(root, clock);
  const bundles = createBundles(root, files, async () => ({
    tools: (await catalogue()).tools?.map(({ name }) => name) ?? null,
    settings: settings.get(),
    secrets: (await secrets.status()).names.map(({ name }) => name),
  }));
  const library = createTemplates(createTemplateLibrary(installation.templatesFolder, root, files), home, bundles);

  const isFirstLaunch = readRecentWorkspaces(home).length === 0;
  const closing = new AbortController();
  let recovery: { readonly isOk: boolean; readonly message: string } = { isOk: readOnlyReason !== null, message: 'waiting' };
  let server: { close(): Promise<void> } | undefined;

  /** A server that has not been started may offer any tool: then nothing is said about names. */
  const catalogue = async (): Promise<WorkflowCatalogue> => {
    const servers = await mcp.servers.list();
    const areAllKnown = servers.every((server) => server.tools.length > 0);
    return {
      tools: areAllKnown ? await tools.list() : null,
      providers: ['scripted', ...settings.get().providers.map(({ id }) => id)],
      workflows: (await files.list()).map(({ path }) => path),
    };
  };

  const services: HostServices = {
    info: () => ({
      version: readVersion(),
      pid: process.pid,
      workspace: root,
      workspaceName: basename(root) || root,
      isReadOnly: readOnlyReason !== null,
      readOnlyReason,
      platform: process.platform,
      isFirstLaunch,
      sandbox: { bubblewrap: sandbox.usesBubblewrap() },
    }),
    readiness: (): Readiness => {
      const dependencies = { journal: journalReadiness(), recovery };
      return { isReady: Object.values(dependencies).every(({ isOk }) => isOk), dependencies };
    },
    runs,
    parts: createParts({ runs, readPins: pins.list, checkJson: running.checkJson }),
    deadLetters,
    scheduling: createScheduling(lanes, calls, runs),
    store,
    journal: createJournalCare({
      upkeep: journal.store.upkeep,
      runs,
      countOtherStreams: () => store.heads('').filter(({ stream }) => toRunId(stream) === undefined).length,
      root,
      folder: toHeddleFolder(root),
      home,
      version: readVersion(),
      clock,
    }),
    histories,
    workflows: readOnlyReason === null ? files : toReadOnlyWorkflows(files, readOnlyReason),
    templates: readOnlyReason === null ? library : toReadOnlyTemplates(library, readOnlyReason),
    bundles: readOnlyReason === null ? bundles : toReadOnlyBundles(bundles, readOnlyReason),
    pins: readOnlyReason === null ? pins : toReadOnlyPins(pins, readOnlyReason),
    checks: {
      validate: async (document) => validateWorkflow(document, await catalogue()),
      plan: planWorkflow,
      outputs: (document, node, outputs) => checkOutputs(document, node, outputs, running.checkJson),
    },
    code: openWorkflowCode(sandbox),
    folder: createWorkspaceFolder(root),
    recentWorkspaces: () => listRecentWorkspaces(home, root),
    settings,
    secrets,
    providers,
    listTools: tools.list,
    mcp: mcp.servers,
    closing: closing.signal,
    reportBug: (id, procedure, thrown) =>
      log('error', `bug in ${procedure}`, { id, stack: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) }),
    newId,
  };

  return {
    services,
    root,
    listen: async () => {
      const token = configuration.token ?? readInstallToken(home);
      const { startApiServer } = await import('../api/server.ts');
      const serveAt = (port: number) =>
        startApiServer(services, { port, token, version: readVersion(), studioFolder: installation.studioFolder, clock });
      const listening = await listenWhereLast(configuration.port, root, serveAt);
      server = listening;
      journal.announce(listening.url, listening.port);
      rememberWorkspace(home, root).catch((error: unknown) =>
        log('warn', 'the list of recent workspaces was not saved', { reason: toErrorInfo(error).message }),
      );
      log('info', 'listening', { url: listening.url, workspace: root });
      return { url: listening.url, port: listening.port, token };
    },
    recover: async () => {
      const { resumed, refused } = await runs.recover();
      recovery = { isOk: true, message: `${resumed.length} runs taken up, ${refused.length} damaged` };
      if (resumed.length > 0) log('info', 'runs taken up', { runs: [...resumed] });
      for (const { runId, reason } of refused) log('error', 'a run could not be read', { runId, reason });
    },
    close: async () => {
      closing.abort(new HeddleError('host.unreachable', 'The host is closing.', { isRetryable: true }));
      await server?.close();
      await histories.close();
      files.close();
      await runs.close();
      await Promise.allSettled([mcp.close(), sandbox.close()]);
      await (readOnlyReason === null ? journal.close() : store.close());
      log('info', 'closed', { workspace: root });
    },
  };
}

function toCallSettings({ maxParallelNodes, scheduling }: Settings): OutsideCallSettings {
  return { maxCalls: maxParallelNodes, limits: scheduling.limits, breaker: scheduling.breaker };
}

/** Made with the first value that is checked: building the checker takes 7 ms of a start. */
function createLazyChecker(): () => ArgumentChecker {
  let checker: ArgumentChecker | undefined;
  return () => {
    checker ??= createArgumentChecker();
    return checker;
  };
}

import type { ErrorCode } from '#shared/base/errors.ts';

/** What a person reads for an error: what happened, why, what to do, and a command that does it where there is one. */
export interface ErrorWords {
  readonly what: string;
  readonly why: string;
  readonly todo: string;
  readonly action?: { readonly label: string; readonly command: string };
}

const openModels = { label: 'Open models', command: 'settings.models' } as const;
const openTools = { label: 'Open tool servers', command: 'settings.tools' } as const;
const openFolders = { label: 'Open folders', command: 'settings.folders' } as const;
const openRuns = { label: 'Show runs', command: 'view.runs' } as const;
const openApprovals = { label: 'Show approvals', command: 'view.approvals' } as const;
const openProblems = { label: 'Show problems', command: 'view.problems' } as const;
const openExplorer = { label: 'Show explorer', command: 'view.explorer' } as const;
const reconnect = { label: 'Try now', command: 'host.reconnect' } as const;

/** The one table of words for errors. The compiler asks for every code. */
export const errorWords: Readonly<Record<ErrorCode, ErrorWords>> = {
  'request.invalid': {
    what: 'That request was not understood',
    why: 'Something in it has the wrong form.',
    todo: 'Check what you entered and try again.',
  },
  'request.tooLarge': {
    what: 'That is too large to send',
    why: 'The host takes only so much at once.',
    todo: 'Use a smaller file or value.',
  },
  'request.tooMany': { what: 'Too many requests at once', why: 'The host protects itself.', todo: 'Wait a moment and try again.' },
  'request.unauthorized': {
    what: 'This window is not allowed in',
    why: 'Its key does not match the host’s.',
    todo: 'Open the address that Heddle printed when it started.',
  },
  'request.forbidden': {
    what: 'That is not allowed here',
    why: 'The host refuses this from where it came.',
    todo: 'Use the studio on the machine where the host runs.',
  },
  'request.notFound': { what: 'That is not there', why: 'It was moved or removed.', todo: 'Refresh and choose again.' },
  'config.invalid': {
    what: 'A setting cannot be used',
    why: 'Its value has the wrong form.',
    todo: 'Correct the named key in your settings.',
    action: { label: 'Open settings', command: 'view.settings' },
  },
  'host.starting': { what: 'The host is still starting', why: 'It reads the journal of this workspace first.', todo: 'Wait a moment.' },
  'host.unreachable': {
    what: 'The host does not answer',
    why: 'It was stopped, or it is starting again.',
    todo: 'The window reconnects by itself. Runs go on from their journal.',
    action: reconnect,
  },
  'host.portInUse': { what: 'The port is taken', why: 'Another program listens there.', todo: 'Start Heddle with another port.' },
  'host.readOnly': {
    what: 'This workspace is open for reading only',
    why: 'Another Heddle is writing to it.',
    todo: 'Close the other one, then start this one again.',
  },
  'workspace.missing': {
    what: 'The workspace folder is gone',
    why: 'It was moved, renamed or unmounted.',
    todo: 'Put it back, or start Heddle in another folder.',
  },
  'workspace.readOnly': {
    what: 'The workspace cannot be written',
    why: 'The folder’s permissions do not allow it.',
    todo: 'Allow writing, or copy the workspace elsewhere.',
  },
  'workspace.locked': {
    what: 'The workspace is in use',
    why: 'Another Heddle holds its journal.',
    todo: 'Use that window, or close it first.',
  },
  'workspace.full': {
    what: 'The disk is full',
    why: 'The journal could not be written.',
    todo: 'Free some space, then resume the run.',
    action: openRuns,
  },
  'workflow.notFound': {
    what: 'The workflow is not there',
    why: 'Its file was moved or deleted.',
    todo: 'Choose another in the explorer.',
    action: openExplorer,
  },
  'workflow.malformed': {
    what: 'The workflow file cannot be read',
    why: 'It is not in the form of a workflow.',
    todo: 'Correct the file, or restore an earlier version of it.',
    action: openExplorer,
  },
  'workflow.tooLarge': {
    what: 'The workflow file is too large',
    why: 'It goes beyond what can be drawn and run.',
    todo: 'Split it into smaller workflows.',
  },
  'workflow.unknownVersion': {
    what: 'The workflow is from a newer Heddle',
    why: 'This build does not know its version.',
    todo: 'Update Heddle to open it. The file was left as it is.',
  },
  'workflow.invalid': {
    what: 'The workflow cannot run yet',
    why: 'It has problems.',
    todo: 'Mend what the Problems panel lists.',
    action: openProblems,
  },
  'workflow.changedOutside': {
    what: 'The file changed outside',
    why: 'Another program saved it after you opened it.',
    todo: 'Reload it, or save yours under another name.',
  },
  'workflow.exists': {
    what: 'There is one with that name already',
    why: 'Two workflows cannot share a file.',
    todo: 'Choose another name.',
  },
  'workflow.pathRefused': {
    what: 'A workflow cannot be there',
    why: 'The path leads out of the workspace or is not a workflow file.',
    todo: 'Choose a place inside the workspace.',
  },
  'template.notFound': {
    what: 'The template is not there',
    why: 'This build does not have it.',
    todo: 'Choose another from the gallery.',
    action: { label: 'Open gallery', command: 'view.welcome' },
  },
  'bundle.invalid': {
    what: 'The bundle cannot be read',
    why: 'The file is no bundle of Heddle, or of a newer version.',
    todo: 'Export it again, or choose another file.',
  },
  'expression.invalid': {
    what: 'An expression cannot be read',
    why: 'It is not valid CEL.',
    todo: 'Correct the marked field.',
    action: openProblems,
  },
  'expression.failed': {
    what: 'An expression had no value',
    why: 'Something that it names was missing or had another type.',
    todo: 'Look at the node’s inputs, then correct the expression.',
  },
  'journal.writeFailed': {
    what: 'The journal could not be written',
    why: 'The disk refused.',
    todo: 'Check the disk. The run stopped where its journal ends; resume it afterwards.',
    action: openRuns,
  },
  'journal.stopped': {
    what: 'This run’s journal has stopped',
    why: 'An earlier write failed, so nothing more is added to it.',
    todo: 'Mend the cause, then resume the run.',
    action: openRuns,
  },
  'journal.exists': {
    what: 'There is a journal here already',
    why: 'Restoring a backup would take its place.',
    todo: 'Restore into another folder, or with --force: then the journal that is here is put aside, not deleted.',
  },
  'backup.exists': {
    what: 'There is a file of that name already',
    why: 'A backup never overwrites anything.',
    todo: 'Choose another name or folder.',
  },
  'backup.damaged': {
    what: 'This backup cannot be used',
    why: 'It is not a backup of Heddle, or it was changed after it was written.',
    todo: 'Use another backup.',
  },
  'journal.damaged': {
    what: 'This run’s journal is damaged',
    why: 'Its chain of hashes is broken.',
    todo: 'Run “heddle doctor” to see from which event on. Other runs are not affected.',
  },
  'journal.conflict': { what: 'Someone else wrote first', why: 'Two writers met in one journal.', todo: 'Try again.' },
  'journal.unknownEvent': {
    what: 'The journal holds an unknown event',
    why: 'A newer Heddle wrote it.',
    todo: 'Update Heddle to open this run.',
  },
  'journal.newerSchema': {
    what: 'The journal is from a newer Heddle',
    why: 'This build does not know its form.',
    todo: 'Update Heddle. Nothing was changed.',
  },
  'run.notFound': {
    what: 'The run is not there',
    why: 'It belongs to another workspace or was removed.',
    todo: 'Choose another run.',
    action: openRuns,
  },
  'run.notActive': {
    what: 'The run is not at work',
    why: 'A fault stopped it, or it has ended.',
    todo: 'Resume it where a fault stopped it; else start a new run.',
    action: openRuns,
  },
  'run.alreadyFinished': { what: 'The run has ended already', why: 'A run ends once.', todo: 'Start a new run.' },
  'run.inputInvalid': {
    what: 'An input does not fit',
    why: 'Its value is missing or of another type.',
    todo: 'Correct it in the form and start again.',
  },
  'run.cancelled': { what: 'The run was stopped', why: 'Someone asked for it.', todo: 'Start a new run when you are ready.' },
  'run.interrupted': {
    what: 'The run was held',
    why: 'Someone asked for it, or it reached its budget.',
    todo: 'Let the run go on when you are ready.',
    action: openRuns,
  },
  'run.notInterrupted': {
    what: 'There is nothing to go on with',
    why: 'Only a run that is held can be told to go on.',
    todo: 'Look at how the run stands.',
    action: openRuns,
  },
  'run.overBudget': {
    what: 'The budget is used up',
    why: 'The run’s model calls have cost what it may spend.',
    todo: 'Raise the budget, then let the run go on.',
  },
  'run.steeringInvalid': {
    what: 'The run cannot be changed like this',
    why: 'The change names a node or setting that does not fit what is running.',
    todo: 'Read the message, correct the change and send it again.',
  },
  'run.tooDeep': {
    what: 'The workflows are nested too deeply',
    why: 'A workflow runs itself, or too many run inside one another.',
    todo: 'Let one of them end without running another, or join two.',
    action: openExplorer,
  },
  'run.partInvalid': {
    what: 'This node cannot be run by itself',
    why: 'It is disabled, undoes another node, or does not run at all.',
    todo: 'Choose another node, or run the whole workflow.',
  },
  'run.partMissing': {
    what: 'Something is missing',
    why: 'What would run needs outputs that are neither pinned nor recorded.',
    todo: 'Pin them, give them by hand, or run those nodes too.',
  },
  'pin.invalid': {
    what: 'The pin does not fit',
    why: 'It is not what the node gives, or the file of pins cannot be read.',
    todo: 'Correct it in the inspector, or unpin it.',
  },
  'pin.tooLarge': {
    what: 'The pin is too large',
    why: 'Pins are kept small, because they are saved beside the workflow.',
    todo: 'Pin less of it by hand, or unpin other nodes.',
  },
  'run.replayMiss': {
    what: 'The replay left its recording',
    why: 'A request was made that the journal does not hold.',
    todo: 'Compare the workflow with the recorded one.',
  },
  'node.failed': {
    what: 'A node failed',
    why: 'What it did ended in an error.',
    todo: 'Open the node in Debug to see its inputs and calls.',
  },
  'node.timedOut': {
    what: 'A node took too long',
    why: 'It went beyond its time limit.',
    todo: 'Raise the limit in the inspector, or give it less to do.',
  },
  'node.outputInvalid': {
    what: 'A node gave something else than promised',
    why: 'Its output does not fit its port.',
    todo: 'Correct the node, or the type of its port.',
  },
  'node.overBudget': {
    what: 'The node has used up its budget',
    why: 'Its model calls have cost or taken what its settings allow.',
    todo: 'Raise its budget in the inspector, or give it less to do.',
  },
  'node.vetoed': {
    what: 'A hook refused it',
    why: 'A hook of the workflow said no, with the reason in the message.',
    todo: 'Change what the hook objects to, or the hook.',
  },
  'lane.notFound': {
    what: 'There is no such lane',
    why: 'It was renamed or removed in the settings.',
    todo: 'Choose one of the lanes that are there.',
    action: { label: 'Set up lanes', command: 'settings.lanes' },
  },
  'lane.rejected': {
    what: 'The lane is full',
    why: 'As many wait in it as it takes, and it refuses more.',
    todo: 'Try again later, or give the lane more depth or workers.',
    action: { label: 'Set up lanes', command: 'settings.lanes' },
  },
  'lane.shed': {
    what: 'Left out because its lane was full',
    why: 'What mattered more took its place.',
    todo: 'Try again later, or raise its priority.',
    action: { label: 'Set up lanes', command: 'settings.lanes' },
  },
  'lane.timedOut': {
    what: 'It waited too long to begin',
    why: 'No worker of its lane was free within the limit.',
    todo: 'Raise the limit, or give the lane more workers.',
    action: { label: 'Set up lanes', command: 'settings.lanes' },
  },
  'deadLetter.notFound': {
    what: 'That failure is not in the list',
    why: 'Its run may have been taken out of this workspace.',
    todo: 'Look at the list of dead letters again.',
  },
  'deadLetter.handled': {
    what: 'Something was done about that failure already',
    why: 'It was dismissed, or run again; both happen once.',
    todo: 'Open the new run, or start one of your own.',
  },
  'approval.notFound': {
    what: 'That question is gone',
    why: 'Its run ended or was stopped.',
    todo: 'Nothing is left to decide.',
    action: openApprovals,
  },
  'approval.alreadyDecided': {
    what: 'That was decided already',
    why: 'The first answer counts.',
    todo: 'See what was decided in the run.',
    action: openApprovals,
  },
  'approval.denied': { what: 'It was denied', why: 'A person said no.', todo: 'Read the reason in the run’s events.' },
  'approval.timedOut': {
    what: 'Nobody answered in time',
    why: 'The question had a deadline, and it has passed.',
    todo: 'Run it again and answer sooner, or give the node a longer wait.',
  },
  'approval.editInvalid': {
    what: 'The edited value does not fit',
    why: 'It has another form than the tool or node takes.',
    todo: 'Correct the marked fields and approve again.',
  },
  'model.notConfigured': {
    what: 'No model is chosen',
    why: 'Neither the node nor your settings name one.',
    todo: 'Choose a default model.',
    action: openModels,
  },
  'model.unknownProvider': {
    what: 'The model’s provider is not known',
    why: 'No provider of that name is set up.',
    todo: 'Add it, or choose another model.',
    action: openModels,
  },
  'model.keyMissing': {
    what: 'The provider has no key',
    why: 'It needs one to answer.',
    todo: 'Enter the key in settings.',
    action: openModels,
  },
  'model.unauthorized': {
    what: 'The provider refused the key',
    why: 'It is wrong, expired or lacks rights.',
    todo: 'Enter a valid key.',
    action: openModels,
  },
  'model.rateLimited': {
    what: 'The provider asks to wait',
    why: 'Too many requests or tokens in a short time.',
    todo: 'Wait, or let the node try again by itself.',
  },
  'model.unavailable': {
    what: 'The provider does not answer',
    why: 'It is down, or the address is wrong.',
    todo: 'Test the provider in settings.',
    action: openModels,
  },
  'model.badRequest': {
    what: 'The provider refused the request',
    why: 'The model does not take what was sent.',
    todo: 'Read its words below, then change the node or the model.',
  },
  'model.streamCut': {
    what: 'The answer broke off',
    why: 'The connection to the provider ended too soon.',
    todo: 'Run again. Half an answer is never used.',
  },
  'model.timedOut': {
    what: 'The model took too long',
    why: 'No answer came within the time limit.',
    todo: 'Raise the limit, or use a faster model.',
  },
  'model.malformedAnswer': {
    what: 'The answer could not be read',
    why: 'The provider sent something that is not in its own format.',
    todo: 'Run again, or use another model.',
  },
  'model.contextTooLong': {
    what: 'The conversation is too long for this model',
    why: 'It goes beyond the model’s window.',
    todo: 'Shorten the prompt or use a model with a larger window.',
  },
  'model.circuitOpen': {
    what: 'The provider is left alone for a while',
    why: 'Too many of its answers failed, so nothing is sent until one call may try.',
    todo: 'Wait a moment, or use a model of another provider.',
    action: openModels,
  },
  'model.scriptedNoRule': {
    what: 'The scripted model had nothing to say',
    why: 'No rule of its file fits this conversation.',
    todo: 'Add a rule, or choose a real model.',
    action: openModels,
  },
  'model.scriptedInvalid': { what: 'The scripted model’s rules cannot be read', why: 'Its file has an error.', todo: 'Correct the file.' },
  'secret.locked': {
    what: 'Your keys are locked',
    why: 'They are kept behind a passphrase.',
    todo: 'Unlock them with it.',
    action: openModels,
  },
  'secret.storeUnavailable': {
    what: 'Keys cannot be stored here',
    why: 'This machine offers no safe place for them.',
    todo: 'Set the key as an environment variable.',
  },
  'tool.notFound': {
    what: 'The tool is not there',
    why: 'No built-in tool and no running server offers it.',
    todo: 'Start its server, or choose another tool.',
    action: openTools,
  },
  'tool.argumentsInvalid': {
    what: 'The tool was called wrongly',
    why: 'The arguments do not fit what it takes.',
    todo: 'Look at the call in Debug; often a clearer prompt helps.',
  },
  'tool.failed': { what: 'A tool failed', why: 'What it did ended in an error.', todo: 'Read its words below.' },
  'tool.timedOut': { what: 'A tool took too long', why: 'It went beyond its time limit.', todo: 'Raise the limit, or give it less to do.' },
  'tool.outputTooLarge': { what: 'A tool gave too much', why: 'Its result goes beyond the cap.', todo: 'Ask it for less at a time.' },
  'tool.pathRefused': {
    what: 'The file is out of bounds',
    why: 'It is not inside a folder that you granted.',
    todo: 'Grant the folder if the workflow should use it.',
    action: openFolders,
  },
  'tool.addressRefused': {
    what: 'The address is out of bounds',
    why: 'It is a private address that you have not granted.',
    todo: 'Grant the host if the workflow should reach it.',
    action: openFolders,
  },
  'tool.outcomeUnknown': {
    what: 'Nobody knows whether it happened',
    why: 'The host stopped in the middle of a call that must not be done twice.',
    todo: 'Look at the other side, then decide.',
    action: openApprovals,
  },
  'tool.circuitOpen': {
    what: 'The tool is left alone for a while',
    why: 'Too many of its calls failed, so it is not used until one call may try.',
    todo: 'Wait a moment, or see what is wrong on its side.',
  },
  'mcp.notApproved': {
    what: 'The tool server is not allowed to start',
    why: 'You have not approved its command yet.',
    todo: 'Read the command and approve it.',
    action: openTools,
  },
  'mcp.startFailed': {
    what: 'The tool server did not start',
    why: 'Its command ended or gave no answer.',
    todo: 'Check the command in settings.',
    action: openTools,
  },
  'mcp.crashed': {
    what: 'The tool server ended',
    why: 'Its process stopped by itself.',
    todo: 'Start it again in settings.',
    action: openTools,
  },
  'sandbox.timedOut': {
    what: 'The code took too long',
    why: 'It went beyond its time limit and was stopped.',
    todo: 'Look for a loop that does not end.',
  },
  'sandbox.outOfMemory': {
    what: 'The code used too much memory',
    why: 'It went beyond its limit and was stopped.',
    todo: 'Work on less at a time.',
  },
  'sandbox.crashed': {
    what: 'The code broke its sandbox',
    why: 'The process that ran it ended. Nothing else was harmed.',
    todo: 'Look at the code; it may build something far too big.',
  },
  'sandbox.threw': { what: 'The code threw an error', why: 'Its own words are below.', todo: 'Correct the code in the inspector.' },
  'sandbox.unavailable': {
    what: 'Code cannot run here',
    why: 'The sandbox did not start.',
    todo: 'Restart Heddle; if it happens again, run “heddle doctor”.',
  },
  'internal.bug': {
    what: 'Something is wrong in Heddle',
    why: 'This should not happen.',
    todo: 'Try again. If it happens again, report it with the words below.',
  },
};

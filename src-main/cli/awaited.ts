import type { ApprovalSubject } from '#shared/run/events.ts';
import { parseFrame } from '#shared/run/frame.ts';
import { toNodeName } from '#shared/run/node-states.ts';
import { isForPerson } from '#shared/run/reduce-questions.ts';
import type { RunState } from '#shared/run/state.ts';

/** Something from outside that a run needs before it can go on. */
export type Awaited =
  | {
      readonly type: 'approval';
      readonly approvalId: string;
      readonly node: string;
      readonly nodeName: string;
      readonly subject: ApprovalSubject;
    }
  | { readonly type: 'signal'; readonly name: string; readonly node: string; readonly nodeName: string };

/** What a run waits for, the oldest first. */
export function listAwaited(state: RunState): readonly Awaited[] {
  const approvals = Object.values(state.approvals).flatMap((approval): readonly Awaited[] => {
    const { approvalId, node, subject } = approval;
    return isForPerson(state, approval) ? [{ type: 'approval', approvalId, node, nodeName: toNodeName(state, node), subject }] : [];
  });
  const signals = state.openSignalWaits.map(({ frame, name }): Awaited => {
    const { node } = parseFrame(frame);
    return { type: 'signal', name, node, nodeName: toNodeName(state, node) };
  });
  return [...approvals, ...signals];
}

/** The commands that answer what a run waits for. */
export function toAnswerCommand(runId: string, awaited: Awaited): string {
  if (awaited.type === 'signal') return `heddle signal ${runId} ${awaited.name} '<json>'`;
  switch (awaited.subject.type) {
    case 'outcomeUnknown':
      return `heddle resolve ${runId} ${awaited.approvalId} --retry | --done '<result>' | --fail`;
    case 'form':
      return `heddle approve ${runId} ${awaited.approvalId} --edit '<json>'`;
    default:
      return `heddle approve ${runId} ${awaited.approvalId}, or heddle deny ${runId} ${awaited.approvalId} --reason …`;
  }
}

/** What to say when a command leaves a run that waits. */
export function toWaitingHint(runId: string, waitsFor: readonly Awaited[]): string {
  const people = waitsFor.some(({ type }) => type === 'approval') || waitsFor.length === 0;
  return [
    `The run waits for ${people ? 'a person' : 'a signal'}. Answer in the studio (\`heddle serve\` starts it), or here:`,
    ...waitsFor.map((awaited) => `  ${awaited.nodeName}: ${toAnswerCommand(runId, awaited)}`),
    `\`heddle resume ${runId}\` follows it again.`,
  ].join('\n');
}

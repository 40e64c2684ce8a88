import { useMemo, useState } from 'react';
import { toSentRequest } from '#shared/context/sent-request.ts';
import { parseFrame, toAttemptFrame } from '#shared/run/frame.ts';
import type { ChatMessage, ModelRequest, RequestedToolCall } from '#shared/run/message.ts';
import type { CallState, ModelCallState, RunState, ToolCallState } from '#shared/run/state.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { PanelSlot } from '../../app/panel-slot.tsx';
import { toPlaceWords } from '../../state/scope-words.ts';
import { Badge } from '../../ui/badge.tsx';
import { formatCount, formatDuration, formatMoney } from '../../ui/format.ts';
import { CopyButton, JsonView } from '../../ui/json-view.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';
import { FactList } from './fact-list.tsx';
import { findFrame, toCallStatus } from './frame-rows.ts';

export interface CallDetailsProps {
  readonly call: CallState;
  readonly state: RunState;
  /** What the model is saying right now. */
  readonly liveText: string | undefined;
}

/** A call in full: what exactly was sent, and what exactly came back. */
export function CallDetails({ call, state, liveText }: CallDetailsProps) {
  const name = toPlaceWords(state, parseFrame(call.frame).node);
  return (
    <div className="flex flex-col gap-3 p-3">
      <div className="flex items-center gap-2">
        <h2 className="min-w-0 flex-1 truncate text-13 font-semibold">
          {call.type === 'model' ? 'Model call' : call.tool} <span className="font-normal text-ink-2">· {name}</span>
        </h2>
        <StatusDot status={toCallStatus(call)} hasWord />
      </div>
      <div className="flex flex-wrap items-center gap-2 empty:hidden">
        <PanelSlot id="call-actions" call={call} />
      </div>
      {call.type === 'model' ? <ModelCall call={call} state={state} liveText={liveText} /> : <ToolCall call={call} state={state} />}
    </div>
  );
}

function ModelCall({
  call,
  state,
  liveText,
}: {
  readonly call: ModelCallState;
  readonly state: RunState;
  readonly liveText: string | undefined;
}) {
  const { outcome } = call;
  const request = useMemo(() => toWholeRequest(state, call), [state, call]);
  const usage = outcome.type === 'completed' ? outcome.answer.usage : null;
  return (
    <>
      <FactList
        facts={[
          { label: 'Model', value: request.model },
          { label: 'Time', value: formatDuration(call.endedAtMs === null ? null : call.endedAtMs - call.startedAtMs) },
          ...(outcome.type === 'completed'
            ? [
                {
                  label: 'Tokens in',
                  value:
                    usage === null
                      ? '–'
                      : `${usage.inputTokens.toLocaleString()}${usage.cachedInputTokens > 0 ? `, ${usage.cachedInputTokens.toLocaleString()} cached` : ''}`,
                },
                { label: 'Tokens out', value: usage?.outputTokens.toLocaleString() ?? '–' },
                { label: 'Cost', value: formatMoney(outcome.answer.costUsd) },
              ]
            : []),
          ...(request.temperature === undefined ? [] : [{ label: 'Temperature', value: String(request.temperature) }]),
        ]}
      />
      <section className="flex flex-col gap-1.5">
        <h3 className="section-label">Answer</h3>
        {outcome.type === 'failed' && <ErrorNote error={outcome.error} />}
        {outcome.type === 'pending' &&
          (liveText === undefined ? <Spinner label="Waiting for the first words" /> : <Text text={liveText} />)}
        {outcome.type === 'completed' && (
          <>
            {outcome.answer.text !== '' && <Text text={outcome.answer.text} />}
            <ToolCalls calls={outcome.answer.toolCalls} />
            {outcome.answer.finishReason === 'length' && <p className="text-12 text-waiting">The answer was cut at its length limit.</p>}
          </>
        )}
      </section>
      <section className="flex flex-col gap-1.5">
        <h3 className="section-label">Sent, {formatCount(request.messages.length, 'message')}</h3>
        {request.messages.map((message, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the messages of a recorded request never change.
          <Message key={index} message={message} />
        ))}
      </section>
      {request.tools.length > 0 && (
        <section className="flex flex-col gap-1.5">
          <h3 className="section-label">Tools offered</h3>
          <div className="flex flex-wrap gap-1">
            {request.tools.map((tool) => (
              <span key={tool.name} title={tool.description}>
                <Badge>{tool.name}</Badge>
              </span>
            ))}
          </div>
        </section>
      )}
    </>
  );
}

function ToolCall({ call, state }: { readonly call: ToolCallState; readonly state: RunState }) {
  const { outcome } = call;
  const approval = call.approvalId === null ? undefined : state.approvals[call.approvalId];
  return (
    <>
      <FactList
        facts={[
          {
            label: 'Time',
            value: formatDuration(call.endedAtMs === null || call.startedAtMs === null ? null : call.endedAtMs - call.startedAtMs),
          },
          ...(call.effect === null ? [] : [{ label: 'If done twice', value: effectWords[call.effect] }]),
          ...(approval === undefined
            ? []
            : [{ label: 'Approval', value: approval.decision.type === 'open' ? 'waits for you' : approval.decision.type }]),
        ]}
      />
      <section className="flex flex-col gap-1">
        <h3 className="section-label">Arguments</h3>
        <JsonView value={call.arguments} label="arguments" openDepth={3} />
      </section>
      <section className="flex flex-col gap-1">
        <h3 className="section-label">Result</h3>
        {outcome.type === 'completed' && <JsonView value={outcome.result} label="result" openDepth={3} />}
        {outcome.type === 'completed' && outcome.isTruncated && <p className="text-12 text-waiting">Cut to the tool’s output cap.</p>}
        {outcome.type === 'failed' && <ErrorNote error={outcome.error} />}
        {outcome.type === 'started' && <Spinner label="At work" />}
        {outcome.type === 'requested' && <p className="text-12 text-ink-2">It has not begun.</p>}
        {outcome.type === 'unknown' && (
          <p className="text-12 text-waiting">The host stopped in the middle of it: nobody knows whether it happened.</p>
        )}
      </section>
    </>
  );
}

/** The journal keeps only what is new in each request; here it is whole. */
function toWholeRequest(state: RunState, call: ModelCallState): ModelRequest {
  const { node, attempt } = parseFrame(call.frame);
  const found = findFrame(state, toAttemptFrame(node, attempt));
  if (found?.type !== 'attempt') throw new Error(`The call ${call.frame} belongs to no attempt`);
  return toSentRequest(found.attempt, call);
}

const effectWords = { idempotent: 'does no harm', 'dedupes-by-key': 'counts once', neither: 'counts twice' } as const;
const roleWords = { system: 'System', user: 'User', assistant: 'Assistant', tool: 'Tool result' } as const;

function Message({ message }: { readonly message: ChatMessage }) {
  return (
    <article className="rounded-md border border-line">
      <header className="flex h-6 items-center gap-2 border-b border-line px-2 text-11 text-ink-2">
        <span className="font-semibold">{roleWords[message.role]}</span>
        {message.role === 'tool' && <span className="truncate">{message.name}</span>}
        {message.role === 'tool' && message.isError && <span className="text-failed">error</span>}
        <span className="tabular ml-auto">{message.text.length.toLocaleString()} characters</span>
      </header>
      <div className="flex flex-col gap-1.5 p-1.5">
        {message.text !== '' && <Text text={message.text} isPlain />}
        {message.role === 'assistant' && <ToolCalls calls={message.toolCalls} />}
      </div>
    </article>
  );
}

function ToolCalls({ calls }: { readonly calls: readonly RequestedToolCall[] }) {
  return calls.map((call) => (
    <div key={call.id} className="flex flex-col gap-1">
      <p className="text-12">
        asks for <span className="font-mono text-tool">{call.name}</span>
      </p>
      <JsonView value={call.arguments ?? call.rawArguments} label={`arguments of ${call.name}`} openDepth={1} />
    </div>
  ));
}

/** Lines of a text shown before it is opened. */
const shownCharacters = 1_200;

function Text({ text, isPlain = false }: { readonly text: string; readonly isPlain?: boolean }) {
  const [isWhole, setIsWhole] = useState(false);
  const isCut = text.length > shownCharacters && !isWhole;
  return (
    <div className={`group relative ${isPlain ? '' : 'rounded-md border border-line bg-canvas p-2'}`}>
      <pre className="font-mono text-12 leading-4.5 break-words whitespace-pre-wrap">
        {isCut ? `${text.slice(0, shownCharacters)}…` : text}
      </pre>
      {isCut && (
        <button type="button" className="text-12 text-accent hover:underline" onClick={() => setIsWhole(true)}>
          Show all {text.length.toLocaleString()} characters
        </button>
      )}
      <span className="absolute top-0.5 right-0.5 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
        <CopyButton text={text} label="Copy text" />
      </span>
    </div>
  );
}

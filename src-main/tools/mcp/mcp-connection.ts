import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  CallToolResultSchema,
  ErrorCode,
  McpError,
  type Tool as McpTool,
  ToolListChangedNotificationSchema,
  ToolSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject, JsonSchema, JsonValue } from '#shared/base/json.ts';
import { capText, capValue } from '../cap-value.ts';
import { throwIfCancelled, withDeadline } from '../deadline.ts';
import type { ToolCallContext } from '../tool.ts';
import { createStdioTransport, type ServerEnd, type SpawnServer, type StdioServer, tooLongAnswerCode } from './stdio-transport.ts';

/** A tool as a server describes it; the hints are the server's own word. */
export interface ServerTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly outputSchema: JsonSchema;
  readonly isReadOnly: boolean;
  readonly isIdempotent: boolean;
}

/** A started server that has answered `initialize`. */
export interface McpConnection {
  /** False once the process is gone or going. */
  readonly isOpen: boolean;
  /** True when the server said that its tools have changed since they were listed. */
  readonly hasChangedTools: boolean;
  listTools(signal: AbortSignal): Promise<readonly ServerTool[]>;
  callTool(name: string, args: JsonObject, context: ToolCallContext, timeoutMs: number): Promise<JsonValue>;
  /** Ends the whole process group; calls in flight end with `mcp.crashed`. */
  close(): Promise<void>;
  /** Why the process is gone, in words, or null while it runs or after it was stopped. */
  toEndReason(): string | null;
}

export interface ConnectionSettings {
  readonly id: string;
  readonly server: StdioServer;
  readonly clock: Clock;
  readonly startTimeoutMs: number;
  readonly spawn?: SpawnServer;
}

/** Starts a server and shakes hands. Rejects with `mcp.startFailed` (or `run.cancelled`); then nothing of it is left running. */
export async function connectMcpServer(settings: ConnectionSettings, signal: AbortSignal): Promise<McpConnection> {
  const { id, server, clock, startTimeoutMs } = settings;
  const transport = createStdioTransport(server, clock, settings.spawn);
  const client = new Client({ name: 'heddle', version: '0.1.0' }, { capabilities: {} });
  let hasChangedTools = false;
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
    hasChangedTools = true;
  });
  // What cannot be matched to a request is the server's fault and concerns no call; the log shows the rest.
  client.onerror = () => undefined;

  const toTimeoutError = () => toStartFailure(id, `it did not finish its start within ${startTimeoutMs} ms`, transport.log());
  try {
    await withDeadline({ clock, timeoutMs: startTimeoutMs, signal, toTimeoutError }, (startSignal) =>
      client.connect(transport, { signal: startSignal, timeout: longestTimerMs }),
    );
  } catch (error) {
    await transport.close();
    if (error instanceof HeddleError) throw error;
    throw toStartFailure(id, toStartReason(error, server, transport.end), transport.log());
  }

  /** Sends one request, ended by the deadline; every failure becomes one of ours. */
  const ask = async <Answer>(
    doing: string,
    timeoutMs: number,
    context: AbortSignal,
    send: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> => {
    const toTimeout = () =>
      new HeddleError('tool.timedOut', `${doing} did not end within ${timeoutMs} ms and was cancelled.`, {
        details: { server: id, timeoutMs },
      });
    try {
      return await withDeadline({ clock, timeoutMs, signal: context, toTimeoutError: toTimeout }, send);
    } catch (error) {
      throwIfCancelled(context);
      throw toCallFailure(error, id, doing, transport.end, transport.log());
    }
  };

  return {
    get isOpen() {
      return transport.end === undefined;
    },
    get hasChangedTools() {
      return hasChangedTools;
    },
    toEndReason: () => {
      const { end } = transport;
      return end === undefined || end.type === 'stopped'
        ? null
        : `The MCP server ${id} is gone: ${toEndReason(end)}.${toLogHint(transport.log())}`;
    },
    close: () => transport.close(),
    listTools: async (listSignal) => {
      hasChangedTools = false;
      if (client.getServerCapabilities()?.tools === undefined) return [];
      return await ask(`Listing the tools of ${id}`, startTimeoutMs, listSignal, (inner) => readToolPages(client, inner));
    },
    callTool: async (name, args, context, timeoutMs) => {
      const onprogress = createProgressLog(context);
      const request = { method: 'tools/call' as const, params: { name, arguments: { ...args } } };
      const doing = `The tool ${name} of ${id}`;
      const result = await ask(doing, timeoutMs, context.signal, (inner) =>
        client.request(request, CallToolResultSchema, { signal: inner, timeout: longestTimerMs, onprogress }),
      );
      if (result.isError === true) {
        throw new HeddleError('tool.failed', `${doing} failed: ${capText(toText(result.content) || 'it did not say why', 4_000).text}`, {
          details: { server: id, tool: name },
        });
      }
      return toValue(result);
    },
  };
}

/** The SDK's own timer is out of the way: time comes from the clock. */
const longestTimerMs = 2 ** 31 - 1;
const mostPages = 100;
const mostTools = 2_000;
const mostSchemaBytes = 256 * 1024;
const mostProgressLines = 100;

const toolPageSchema = z.object({ tools: z.array(z.unknown()), nextCursor: z.string().optional() });

/** One tool that cannot be understood must not hide the others, so each is read by itself. */
async function readToolPages(client: Client, signal: AbortSignal): Promise<readonly ServerTool[]> {
  const tools: ServerTool[] = [];
  const seenCursors = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < mostPages && tools.length < mostTools; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const answer = await client.request({ method: 'tools/list', params }, toolPageSchema, { signal, timeout: longestTimerMs });
    for (const found of answer.tools) {
      const tool = toServerTool(ToolSchema.safeParse(found).data);
      if (tool !== undefined && !tools.some(({ name }) => name === tool.name)) tools.push(tool);
    }
    cursor = answer.nextCursor;
    if (cursor === undefined || seenCursors.has(cursor)) break;
    seenCursors.add(cursor);
  }
  return tools.slice(0, mostTools);
}

function toServerTool(tool: McpTool | undefined): ServerTool | undefined {
  if (tool === undefined || tool.name.length > 256) return undefined;
  const inputSchema = tool.inputSchema as JsonSchema;
  const outputSchema = (tool.outputSchema ?? {}) as JsonSchema;
  if (capValue(inputSchema, mostSchemaBytes).isTruncated || capValue(outputSchema, mostSchemaBytes).isTruncated) return undefined;
  return {
    name: tool.name,
    description: capText(tool.description ?? tool.title ?? tool.name, 8_000).text,
    inputSchema,
    outputSchema,
    isReadOnly: tool.annotations?.readOnlyHint === true,
    isIdempotent: tool.annotations?.idempotentHint === true,
  };
}

/** Structured content as it is; a single text as text; else the parts. */
function toValue(result: z.output<typeof CallToolResultSchema>): JsonValue {
  if (result.structuredContent !== undefined) return result.structuredContent as JsonObject;
  const [only, ...others] = result.content;
  if (only?.type === 'text' && others.length === 0) return only.text;
  return result.content as unknown as JsonValue;
}

function toText(content: z.output<typeof CallToolResultSchema>['content']): string {
  return content.map((part) => (part.type === 'text' ? part.text : `[${part.type}]`)).join('\n');
}

function createProgressLog({ log }: ToolCallContext) {
  let lines = 0;
  return ({ progress, total, message }: { progress: number; total?: number | undefined; message?: string | undefined }) => {
    lines += 1;
    if (lines > mostProgressLines) return;
    const suffix = message === undefined ? '' : `: ${message.slice(0, 300)}`;
    log('info', `${progress}${total === undefined ? '' : ` of ${total}`}${suffix}`);
  };
}

function toStartFailure(id: string, reason: string, log: string): HeddleError {
  return new HeddleError('mcp.startFailed', `The MCP server ${id} did not start: ${reason}.${toLogHint(log)}`, {
    details: { server: id, reason, log: log.slice(-4_000) },
  });
}

function toStartReason(error: unknown, server: StdioServer, end: ServerEnd | undefined): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') {
    return `there is no command ${server.command}${server.cwd === undefined ? '' : ` or no folder ${server.cwd}`}. Install it or correct the settings`;
  }
  if (code === 'EACCES') return `${server.command} may not be executed. Check its permissions`;
  if (end === undefined || end.type === 'stopped')
    return `its answer to the first request was not understood (${(error as Error).message.slice(0, 300)})`;
  return toEndReason(end);
}

function toEndReason(end: ServerEnd): string {
  if (end.type === 'stopped') return 'it was stopped';
  if (end.type === 'misbehaved') return end.reason;
  return end.signal === null ? `it ended with exit code ${end.code ?? 'unknown'}` : `it was ended by ${end.signal}`;
}

function toCallFailure(error: unknown, id: string, doing: string, end: ServerEnd | undefined, log: string): HeddleError {
  if (error instanceof HeddleError) return error;
  if (end !== undefined) {
    return new HeddleError(
      'mcp.crashed',
      `The MCP server ${id} was gone before it answered: ${toEndReason(end)}. It is started again at the next call.${toLogHint(log)}`,
      {
        details: { server: id, reason: toEndReason(end), log: log.slice(-4_000) },
      },
    );
  }
  const details = { server: id };
  if (error instanceof McpError) {
    if (error.code === tooLongAnswerCode) {
      return new HeddleError('tool.outputTooLarge', `${doing} answered more than can be read. Ask it for less.`, { details });
    }
    const known =
      error.code === ErrorCode.InvalidParams
        ? 'tool.argumentsInvalid'
        : error.code === ErrorCode.MethodNotFound
          ? 'tool.notFound'
          : 'tool.failed';
    return new HeddleError(known, `${doing} refused: ${capText(error.message, 4_000).text}`, { details });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new HeddleError('tool.failed', `${doing} gave an answer that does not follow the protocol: ${capText(message, 1_000).text}`, {
    details,
  });
}

function toLogHint(log: string): string {
  const last = log.trim().split('\n').at(-1)?.slice(0, 300);
  return last === undefined || last === '' ? '' : ` Its last words: ${last}`;
}

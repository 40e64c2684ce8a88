import { z } from 'zod';
import type { LogMessage, ReplyMessage } from './protocol.ts';

const logMessageSchema: z.ZodType<LogMessage> = z.tuple([z.enum(['log', 'warn', 'error']), z.string()]);
const logsSchema = z.array(logMessageSchema).max(1_001);
const jobId = z.number().int().nonnegative();
const place = z.number().int().nonnegative().optional();

/** What a child may say. The child is not trusted: whatever is not exactly this counts as a crash. */
export const replySchema: z.ZodType<ReplyMessage> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready') }),
  z.strictObject({ kind: z.literal('returned'), jobId, valueText: z.string(), logs: logsSchema }),
  z.strictObject({
    kind: z.literal('threw'),
    jobId,
    name: z.string().max(4_096),
    message: z.string().max(4_096),
    line: place,
    column: place,
    logs: logsSchema,
  }),
  z.strictObject({ kind: z.literal('exceeded'), jobId, limit: z.enum(['cpu', 'memory']) }),
]) as z.ZodType<ReplyMessage>;

import { type JsonObject, type JsonValue, toCanonicalJson } from '#shared/base/json.ts';
import type { ApprovalAnswer, OpenApproval } from '#shared/contract/runs.ts';
import type { RunEvent } from '#shared/run/events.ts';
import { createDice } from './dice.ts';
import type { Ledger } from './ledger.ts';
import { toToolResult } from './simulated-tools.ts';

/** Whoever sits at the window: answers by what is asked, sooner or later, sometimes wrongly, and looks into the ledger when a call's fate is unknown. */
export interface People {
  /** How long it takes until somebody sends the signal that this frame waits for, or lets a run go on. */
  signalMs(what: string): number;
  /** How long this question lies there. */
  thinkMs(approval: OpenApproval): number;
  /** `asked` counts how often this question had to be answered, from 1: an answer that was refused is followed by a simple one. */
  answer(approval: OpenApproval, asked: number): ApprovalAnswer;
}

/**
 * People who say the same about the same call in every life of a run. With `mayErr` some do not look into the ledger, and say so of calls that happened:
 * what then is doubled, they have asked for.
 */
export function createPeople(seed: number, mayErr: boolean, ledger: Ledger, journal: (runId: string) => readonly RunEvent[]): People {
  const diceFor = ({ frame, subject }: OpenApproval, about: string) =>
    // Without the numbers of attempts: who agreed to a call agrees to it again.
    createDice(seed, `${about} ${toCanonicalJson({ frame, subject } as unknown as JsonValue).replaceAll(/#\d+/g, '#')}`);

  return {
    signalMs(what) {
      const dice = createDice(seed, `signal ${what}`);
      return dice.holds(0.2) ? 0 : dice.int(1, dice.holds(0.2) ? 100_000_000 : 60_000);
    },
    thinkMs(approval) {
      const dice = diceFor(approval, 'think');
      if (dice.holds(0.3)) return 0;
      return dice.holds(0.1) ? dice.int(1, 72) * 3_600_000 : dice.int(1, 90_000);
    },
    answer(approval, asked) {
      const { subject, runId } = approval;
      const dice = diceFor(approval, 'answer');
      switch (subject.type) {
        case 'outcomeUnknown': {
          const events = journal(runId);
          const doubts = events.filter(
            (event) => event.type === 'toolCall.outcomeUnknown' && event.data.frame === subject.callFrame,
          ).length;
          if (mayErr && dice.holds(0.2)) return { type: 'resolve', decision: { type: doubts > 1 ? 'fail' : dice.pick(['fail', 'retry']) } };
          if (ledger.countLanded(keyOf(events, subject.callFrame)) > 0) {
            return { type: 'resolve', decision: { type: 'assumeDone', result: toToolResult(subject.tool, subject.arguments) } };
          }
          // A tool that answers nobody is not asked for ever.
          return { type: 'resolve', decision: { type: doubts > 2 ? 'fail' : 'retry' } };
        }
        case 'toolCall':
          if (dice.holds(0.2)) return { type: 'deny', reason: 'rather not' };
          if (asked === 1 && dice.holds(0.1)) return { type: 'grant', value: { amount: 'nothing that fits' } };
          return dice.holds(0.3) ? { type: 'grant', value: { ...subject.arguments, checked: true } } : { type: 'grant' };
        case 'node':
          if (dice.holds(0.2)) return { type: 'deny', reason: '' };
          // Where it may not be edited this is refused.
          return asked === 1 && dice.holds(0.3) ? { type: 'grant', value: { edited: true } } : { type: 'grant' };
        case 'form':
          if (dice.holds(0.15)) return { type: 'deny', reason: 'not now' };
          // Without what it requires this is refused.
          return { type: 'grant', value: asked === 1 && dice.holds(0.1) ? {} : fillForm(subject.schema, subject.value) };
      }
    },
  };
}

/** What the form begins with, and the least that its schema requires of the rest. */
function fillForm(schema: JsonObject, value: JsonValue): JsonValue {
  const required = Array.isArray(schema.required) ? (schema.required as readonly string[]) : [];
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonObject>>;
  const least = Object.fromEntries(required.map((name) => [name, leastOf(properties[name] ?? {})]));
  return { ...least, ...(typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}) };
}

function leastOf(schema: JsonObject): JsonValue {
  if (Array.isArray(schema.enum)) return (schema.enum[0] ?? null) as JsonValue;
  switch (schema.type) {
    case 'integer':
    case 'number':
      return typeof schema.minimum === 'number' ? schema.minimum : 1;
    case 'boolean':
      return true;
    case 'array':
      return [];
    case 'object':
      return {};
    default:
      return 'filled in';
  }
}

function keyOf(events: readonly RunEvent[], callFrame: string): string {
  const started = events.findLast((event) => event.type === 'toolCall.started' && event.data.frame === callFrame);
  return started?.type === 'toolCall.started' ? started.data.idempotencyKey : '';
}

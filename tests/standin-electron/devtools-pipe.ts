import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';

export type Json = Record<string, unknown>;

/** Chromium over its DevTools pipe. When this process dies the pipe closes and Chromium ends: nothing is left behind. */
export interface Devtools {
  send(method: string, params?: Json, sessionId?: string): Promise<Json>;
  /** Events of one page. */
  on(sessionId: string, listener: (method: string, params: Json) => void): void;
  /** Events of the browser itself. */
  onBrowser(listener: (method: string, params: Json) => void): void;
  readonly process: ChildProcess;
}

/** Starts Chromium; resolves when it can be driven and has said where Playwright can reach it. */
export function startChromium(executable: string, args: readonly string[]): Promise<Devtools> {
  const chromium = spawn(executable, ['--remote-debugging-pipe', ...args], { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
  const devtools = connect(chromium);
  return new Promise((resolve, reject) => {
    let words = '';
    chromium.once('error', reject);
    chromium.once('exit', (code) => reject(new Error(`Chromium ended with ${code}: ${words}`)));
    chromium.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-8_192);
      const line = /^DevTools listening on ws:\/\/.*$/m.exec(words)?.[0];
      if (line === undefined) return;
      words = '';
      console.error(line);
      resolve(devtools);
    });
  });
}

function connect(chromium: ChildProcess): Devtools {
  const toChromium = chromium.stdio[3] as Writable;
  const fromChromium = chromium.stdio[4] as Readable;
  const waiting = new Map<number, PromiseWithResolvers<Json>>();
  const events = new EventEmitter();
  events.setMaxListeners(0);
  let lastId = 0;
  let rest = '';
  // Chromium may be gone while we write.
  toChromium.on('error', () => undefined);
  fromChromium.setEncoding('utf8').on('data', (text: string) => {
    const messages = (rest + text).split('\0');
    rest = messages.pop() ?? '';
    for (const message of messages) receive(JSON.parse(message));
  });

  function receive(message: {
    id?: number;
    result?: Json;
    error?: { message: string };
    method?: string;
    params?: Json;
    sessionId?: string;
  }) {
    if (message.id === undefined) return void events.emit(message.sessionId ?? 'browser', message.method, message.params);
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error === undefined) call?.resolve(message.result ?? {});
    else call?.reject(new Error(message.error.message));
  }

  return {
    process: chromium,
    on: (sessionId, listener) => void events.on(sessionId, listener),
    onBrowser: (listener) => void events.on('browser', listener),
    send(method, params = {}, sessionId) {
      const call = Promise.withResolvers<Json>();
      waiting.set(++lastId, call);
      toChromium.write(`${JSON.stringify({ id: lastId, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`);
      return call.promise;
    },
  };
}

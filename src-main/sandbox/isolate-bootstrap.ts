/**
 * The first script in every fresh isolate, as text because it runs there and not here. Its value is one function:
 *
 * - `run('check', source)` throws a SyntaxError unless the source is a whole function body by itself (one that closes our wrapper is not);
 * - `run('start', userFunction, inputText, outputBytes, logBytes)` calls the script;
 * - `run('finish')`, once all microtasks have run, gives a JSON text: how the script ended. Nothing in an isolate can wake it later
 *   (no timers, no callbacks), so a script that has not settled by then never will.
 *
 * Everything it needs is captured before user code exists, because user code may replace any built-in. Replies are built by
 * concatenation of `stringify(<primitive string>)`, the one form that never consults `toJSON` or a prototype.
 */
export const isolateBootstrap = `(function () {
'use strict';
const { parse, stringify } = JSON;
const { apply } = Reflect;
const toText = String;
const TypeErrorHere = TypeError;
const ErrorHere = Error;
const AsyncFunction = (async () => {}).constructor;
const uncurry = (method) => Function.prototype.call.bind(method);
const slice = uncurry(String.prototype.slice);
const indexOf = uncurry(String.prototype.indexOf);
const charCodeAt = uncurry(String.prototype.charCodeAt);
const isInstance = uncurry(Function.prototype[Symbol.hasInstance]);
const { create, freeze } = Object;
for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'console']) delete globalThis[name];

let outcome;
let logs = '';
let logCount = 0;
let logBudget = 0;

/* The longest beginning of a text that fits in so many UTF-8 bytes; surrogates count three each, never too few. */
const fit = (text, budget) => {
  const head = slice(text, 0, budget);
  let bytes = 0;
  for (let index = 0; index < head.length; index += 1) {
    const code = charCodeAt(head, index);
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
    if (bytes > budget) return { kept: slice(head, 0, index), bytes: budget };
  }
  return { kept: head, bytes };
};
const short = (text) => slice(text, 0, 4096);

/* A thrown value may be a proxy or have getters that throw: each part is read once, on its own, and taken only when it is a string. */
const partOf = (thrown, name) => {
  try {
    const part = thrown[name];
    return typeof part === 'string' ? part : undefined;
  } catch {
    return undefined;
  }
};
const withoutOurFrames = (stack) => {
  const end = indexOf(stack, '\\n    at start (sandbox:');
  return end < 0 ? stack : slice(stack, 0, end);
};

const describe = (value) => {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null) {
    try {
      const stack = isInstance(ErrorHere, value) ? partOf(value, 'stack') : undefined;
      if (stack !== undefined) return withoutOurFrames(stack);
      const json = stringify(value);
      if (typeof json === 'string') return json;
    } catch {}
  }
  try {
    return toText(value);
  } catch {
    return '[unprintable]';
  }
};

const write = (level, items) => {
  if (logBudget <= 0) return;
  let text = '';
  for (let index = 0; index < items.length; index += 1) {
    text += (index === 0 ? '' : ' ') + slice(describe(items[index]), 0, logBudget);
  }
  const { kept, bytes } = fit(text, logBudget);
  logBudget -= bytes + 1;
  logCount += 1;
  logs += (logs === '' ? '' : ',') + '["' + level + '",' + stringify(kept) + ']';
  if (logBudget <= 0 || logCount >= 1000) {
    logBudget = 0;
    logs += ',["warn","(the log limit is reached; what follows was dropped)"]';
  }
};

const consoleForUser = create(null);
for (const [name, level] of [['log', 'log'], ['info', 'log'], ['debug', 'log'], ['warn', 'warn'], ['error', 'error']]) {
  consoleForUser[name] = freeze((...items) => write(level, items));
}
freeze(consoleForUser);

const threw = (name, message, stack) =>
  '{"kind":"threw","name":' + stringify(short(name)) + ',"message":' + stringify(short(message)) + ',"stack":' + stringify(short(stack)) + ',"logs":[' + logs + ']}';

const toThrown = (thrown) => {
  if ((typeof thrown !== 'object' && typeof thrown !== 'function') || thrown === null) return threw('', describe(thrown), '');
  const message = partOf(thrown, 'message');
  return threw(partOf(thrown, 'name') ?? '', message ?? describe(thrown), partOf(thrown, 'stack') ?? '');
};

const start = async (userFunction, inputText, outputBytes) => {
  try {
    const value = await apply(userFunction, undefined, [parse(inputText), consoleForUser]);
    const json = value === undefined ? 'null' : stringify(value);
    if (typeof json !== 'string') throw new TypeErrorHere('The script returned a ' + typeof value + ', which is not a JSON value.');
    if (json.length > outputBytes) throw new TypeErrorHere('The script returned more than ' + outputBytes + ' bytes. Return less.');
    outcome = '{"kind":"returned","valueText":' + stringify(json) + ',"logs":[' + logs + ']}';
  } catch (thrown) {
    outcome = toThrown(thrown);
  }
};

return (step, first, second, third, fourth) => {
  if (step === 'check') {
    new AsyncFunction('input', 'console', first);
  } else if (step === 'start') {
    logBudget = fourth;
    start(first, second, third);
  } else {
    return outcome ?? threw('', 'The script waits for a promise that nothing will ever settle. There are no timers and no network here.', '');
  }
};
})()`;

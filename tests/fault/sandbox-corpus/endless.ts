import { type HostileScript, stopped, threw } from './hostile-script.ts';

/** Scripts that never end by themselves, or not soon. */
export const endless: readonly HostileScript[] = [
  { name: 'an empty endless loop', source: 'while (true) {}', ends: ['sandbox.timedOut'] },
  { name: 'an endless for loop with work', source: 'let x = 0; for (;;) x = Math.sqrt(x + 1);', ends: ['sandbox.timedOut'] },
  {
    name: 'a loop that swallows every error',
    source: 'for (;;) { try { for (;;) {} } catch {} finally { continue; } }',
    ends: ['sandbox.timedOut'],
  },
  {
    name: 'a labelled loop in finally',
    source: 'try { return 1 } finally { again: for (;;) continue again; }',
    ends: ['sandbox.timedOut'],
  },
  { name: 'an async loop', source: 'for (;;) await 1;', ends: ['sandbox.timedOut'] },
  {
    name: 'an async loop behind a returned promise',
    source: 'return (async () => { for (;;) await null; })();',
    ends: ['sandbox.timedOut'],
  },
  { name: 'an async loop that nobody awaits', source: '(async () => { for (;;) await 0; })(); return 1;', ends: ['sandbox.timedOut'] },
  {
    name: 'a microtask that queues itself',
    source: 'const again = () => Promise.resolve().then(again); again(); return 1;',
    ends: stopped,
  },
  {
    name: 'microtasks that double',
    source: 'const two = () => { Promise.resolve().then(two); Promise.resolve().then(two); }; two(); await new Promise(() => {});',
    ends: stopped,
  },
  {
    name: 'an async generator without end',
    source: 'for await (const x of (async function* () { for (;;) yield 1; })()) {}',
    ends: ['sandbox.timedOut'],
  },
  { name: 'a generator without end', source: 'for (const x of (function* () { for (;;) yield 1; })()) {}', ends: ['sandbox.timedOut'] },
  { name: 'an iterator without end, spread', source: 'return [...(function* () { for (;;) yield 1; })()].length', ends: stopped },
  { name: 'a promise that never settles', source: 'await new Promise(() => {}); return 1', ends: threw },
  { name: 'a thenable that never answers', source: 'return { then() {} }', ends: threw },
  { name: 'a thenable that resolves to itself for ever', source: 'const t = { then(r) { r(t) } }; return t', ends: ['sandbox.timedOut'] },
  { name: 'thenables without end', source: 'const t = () => ({ then(r) { r(t()) } }); return t()', ends: ['sandbox.timedOut'] },
  { name: 'catastrophic regex backtracking', source: "return /^(a+)+$/.test('a'.repeat(40) + '!')", ends: ['sandbox.timedOut'] },
  {
    name: 'nested quantifiers over alternatives',
    source: "return /^(([a-z])+.)+[A-Z]([a-z])+$/.test('a'.repeat(60))",
    ends: ['sandbox.timedOut'],
  },
  { name: 'a regex with back references', source: "return /^(a*)*\\1b$/.test('a'.repeat(50))", ends: ['sandbox.timedOut'] },
  { name: 'a replace whose pattern backtracks', source: "return 'x'.repeat(50).replace(/(x+x+)+y/g, '')", ends: ['sandbox.timedOut'] },
  {
    name: 'a split whose pattern backtracks',
    source: "return 'x'.repeat(60).split(/(x*)*y/).length",
    ends: ['sandbox.timedOut', 'sandbox.outOfMemory', 'returned'],
  },
  {
    name: 'a sort of a large array',
    source: 'return new Array(2 ** 26).fill(0).sort(() => 1).length',
    ends: [...stopped, 'sandbox.crashed'],
  },
  {
    name: 'a sort whose comparison lies',
    source: 'const a = Array.from({ length: 1e5 }, (_, i) => i); for (;;) a.sort(() => (i++ % 3) - 1); var i = 0;',
    ends: ['sandbox.timedOut'],
  },
  { name: 'a comparison that loops', source: 'return [3, 2, 1].sort(() => { for (;;) {} })', ends: ['sandbox.timedOut'] },
  {
    name: 'joins of a sparse array',
    source: 'const a = []; a.length = 2 ** 32 - 1; return a.join().length',
    ends: [...stopped, 'sandbox.threw', 'sandbox.crashed'],
  },
  {
    name: 'indexOf over a sparse array with getters',
    source: 'const a = new Proxy([], { get: () => 2 ** 31, has: () => true }); return Array.prototype.indexOf.call(a, 1)',
    ends: ['sandbox.timedOut', 'returned'],
  },
  { name: 'a getter that loops in the result', source: 'return { get a() { for (;;) {} } }', ends: ['sandbox.timedOut'] },
  { name: 'toJSON that loops', source: 'return { toJSON() { for (;;) {} } }', ends: ['sandbox.timedOut'] },
  {
    name: 'toJSON that returns a fresh copy of itself',
    source: 'const f = () => ({ a: { toJSON: f } }); return f()',
    ends: [...stopped, 'sandbox.threw'],
  },
  { name: 'a getter that loops in a logged value', source: 'console.log({ get a() { for (;;) {} } })', ends: ['sandbox.timedOut'] },
  {
    name: 'toString that loops in a thrown value',
    source: 'throw { toString() { for (;;) {} }, toJSON() {} }',
    ends: ['sandbox.timedOut'],
  },
  {
    name: 'a message getter that loops',
    source: 'const e = new Error(); Object.defineProperty(e, "message", { get() { for (;;) {} } }); throw e',
    ends: ['sandbox.timedOut'],
  },
  {
    name: 'a stack getter that loops',
    source: 'const e = new Error(); Object.defineProperty(e, "stack", { get() { for (;;) {} } }); throw e',
    ends: ['sandbox.timedOut'],
  },
  {
    name: 'proxy traps without end',
    source: 'const p = new Proxy({}, { ownKeys() { return [] }, get() { for (;;) {} } }); return p.x',
    ends: ['sandbox.timedOut'],
  },
  {
    name: 'a proxy with 2^31 elements',
    source: 'return new Proxy([], { get: (t, k) => (k === "length" ? 2 ** 31 : k === "toJSON" ? undefined : 1) })',
    ends: [...stopped, 'sandbox.threw', 'sandbox.crashed'],
  },
  {
    name: 'a prototype that is a proxy chain',
    source: 'let p = {}; for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); return p.x',
    ends: [...stopped, 'sandbox.threw', 'sandbox.crashed'],
  },
  { name: 'big integers to the power', source: 'return String(3n ** (2n ** 26n)).length', ends: [...stopped, 'sandbox.threw'] },
  { name: 'decimal digits of a big integer', source: 'return String(1n << 10000000n).length', ends: [...stopped, 'returned'] },
  { name: 'Atomics.wait on shared memory', source: 'Atomics.wait(new Int32Array(new SharedArrayBuffer(8)), 0, 0)', ends: threw },
  { name: 'eval of a loop', source: "eval('for(;;){}')", ends: ['sandbox.timedOut'] },
  { name: 'a debugger statement in a loop', source: 'for (;;) debugger', ends: ['sandbox.timedOut'] },
  { name: 'a disposable that loops', source: 'using x = { [Symbol.dispose]() { for (;;) {} } }; return 1', ends: ['sandbox.timedOut'] },
  {
    name: 'a text normalised again and again',
    source: "let s = '\\u1E9B\\u0323'.repeat(1e6); for (;;) s.normalize('NFKD')",
    ends: stopped,
  },
  { name: 'dates formatted without end', source: 'for (;;) new Date().toLocaleString("en", { timeZone: "UTC" })', ends: stopped },
];

import { type HostileScript, outOfMemory, stopped } from './hostile-script.ts';

/** Scripts that want all the memory there is. */
export const memoryBombs: readonly HostileScript[] = [
  { name: 'objects pushed without end', source: 'const a = []; for (;;) a.push({})', ends: outOfMemory },
  { name: 'numbers pushed without end', source: 'const a = []; for (;;) a.push(Math.random())', ends: outOfMemory },
  { name: 'one array of 2^28', source: 'return new Array(2 ** 28).fill({}).length', ends: outOfMemory },
  { name: 'arrays concatenated with themselves', source: 'let a = [1]; for (;;) a = a.concat(a)', ends: outOfMemory },
  { name: 'flat of nested arrays', source: 'let a = [1, 2]; for (;;) a = [a, a].flat(2)', ends: outOfMemory },
  { name: 'a string doubled', source: "let s = 'x'; for (;;) s += s", ends: outOfMemory },
  { name: 'repeat and split', source: "return 'x'.repeat(2 ** 28).split('').length", ends: outOfMemory },
  { name: 'repeat and spread', source: "return [...'x'.repeat(2 ** 28)].length", ends: outOfMemory },
  { name: 'padEnd and replace', source: "return 'x'.padEnd(2 ** 27).replace(/ /g, '$&$&$&$&').length", ends: outOfMemory },
  { name: 'replaceAll that grows', source: "let s = 'a'; for (;;) s = s.replaceAll('a', 'aaaaaaaa')", ends: outOfMemory },
  {
    name: 'flat copies of large strings',
    source: "const a = []; for (let i = 0; ; i++) a.push(('x'.repeat(2 ** 20) + i).toUpperCase())",
    ends: outOfMemory,
  },
  { name: 'a Map without end', source: 'const m = new Map(); for (let i = 0; ; i++) m.set(i, i)', ends: outOfMemory },
  { name: 'a Set without end', source: 'const s = new Set(); for (let i = 0; ; i++) s.add(i)', ends: outOfMemory },
  {
    name: 'a WeakMap without end',
    source: 'const w = new WeakMap(); const k = []; for (;;) { const o = {}; k.push(o); w.set(o, {}) }',
    ends: outOfMemory,
  },
  { name: 'a BigInt of 2^29 bits', source: 'return String(BigInt(2) ** BigInt(2 ** 29)).length', ends: outOfMemory },
  { name: 'big integers kept', source: 'const a = []; let n = 1n; for (;;) { n <<= 100000n; a.push(n) }', ends: outOfMemory },
  { name: 'one typed array of 4 GiB', source: 'return new Uint8Array(2 ** 32).length', ends: outOfMemory },
  { name: 'typed arrays without end', source: 'const a = []; for (;;) a.push(new Float64Array(1e5).fill(1))', ends: outOfMemory },
  { name: 'array buffers without end', source: 'const a = []; for (;;) a.push(new ArrayBuffer(1e6))', ends: outOfMemory },
  {
    name: 'a resizable buffer grown',
    source: 'const b = new ArrayBuffer(1, { maxByteLength: 2 ** 31 }); b.resize(2 ** 31); new Uint8Array(b).fill(1); return b.byteLength',
    ends: outOfMemory,
  },
  { name: 'buffers sliced', source: 'const a = [new ArrayBuffer(1e6)]; for (;;) a.push(a[0].slice(0))', ends: outOfMemory },
  {
    name: 'buffers transferred and grown',
    source: 'let b = new ArrayBuffer(8); for (;;) b = b.transfer(b.byteLength * 2)',
    ends: outOfMemory,
  },
  {
    name: 'closures that hold arrays',
    source: 'let f = null; for (;;) { const g = f, a = new Array(1000).fill(1); f = () => [g, a] }',
    ends: outOfMemory,
  },
  { name: 'promises held without end', source: 'const a = []; for (;;) a.push(new Promise(() => {}))', ends: outOfMemory },
  { name: 'a flood of microtasks', source: 'for (;;) Promise.resolve().then(() => {})', ends: outOfMemory },
  { name: 'JSON text that doubles', source: "let s = '1'; for (;;) s = JSON.stringify([s, s])", ends: outOfMemory },
  { name: 'a large JSON text parsed', source: "return JSON.parse('[' + '{},'.repeat(1e7) + '0]').length", ends: outOfMemory },
  {
    name: 'JSON with a huge indent',
    source:
      'let o = {}; for (let i = 0; i < 3000; i++) o = { o }; return JSON.stringify(o, null, 10).length + new Array(1e8).fill(0).length',
    ends: outOfMemory,
  },
  { name: 'regex matches kept', source: "const s = 'a'.repeat(1e6); const a = []; for (;;) a.push(s.match(/a/g))", ends: outOfMemory },
  { name: 'matchAll spread', source: "return [...'ab'.repeat(2 ** 24).matchAll(/(a)(b)/g)].length", ends: outOfMemory },
  { name: 'object keys without end', source: "const o = {}; for (let i = 0; ; i++) o['k' + i] = i", ends: outOfMemory },
  { name: 'symbols without end', source: 'const a = []; for (let i = 0; ; i++) a.push(Symbol.for("s" + i))', ends: outOfMemory },
  {
    name: 'functions compiled without end',
    source: "const a = []; for (let i = 0; ; i++) a.push(new Function('return ' + i))",
    ends: outOfMemory,
  },
  { name: 'classes without end', source: 'const a = []; for (;;) a.push(class { static x = new Array(100) })', ends: outOfMemory },
  { name: 'a template with a million strings', source: "return eval('`' + ('$' + '{1}').repeat(3e6) + '`').length", ends: outOfMemory },
  { name: 'an object of ten million in one literal', source: "return eval('[' + '0,'.repeat(2e7) + ']').length", ends: outOfMemory },
  {
    name: 'errors with long stacks kept',
    source:
      'Error.stackTraceLimit = Infinity; const a = []; const f = (n) => { if (n) f(n - 1); else a.push(new Error("x".repeat(1000))) }; for (;;) f(500)',
    ends: outOfMemory,
  },
  {
    name: 'a finalization registry flooded',
    source: 'const r = new FinalizationRegistry(() => {}); for (;;) r.register({}, 1)',
    ends: outOfMemory,
  },
  { name: 'an array copied by apply', source: 'return Math.max.apply(null, new Array(2 ** 27).fill(1))', ends: outOfMemory },
  { name: 'an array-like of 2^32', source: 'return Array.from({ length: 2 ** 32 - 1 }).length', ends: outOfMemory },
  {
    name: 'a join of large parts',
    source: "return new Array(2 ** 14).fill('x'.repeat(2 ** 14)).join().length",
    ends: [...outOfMemory, 'returned'],
  },
  { name: 'encodeURIComponent of a large text', source: "return encodeURIComponent('\\u20AC'.repeat(2 ** 26)).length", ends: outOfMemory },
  {
    name: 'a large text through Intl',
    source: "return [...new Intl.Segmenter().segment('x'.repeat(2 ** 25))].length",
    ends: [...stopped, ...outOfMemory],
  },
];

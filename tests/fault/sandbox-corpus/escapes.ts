import { type HostileScript, outOfMemory, returned, threw } from './hostile-script.ts';

const nothing = 'undefined';

/** Scripts that look for a way out: to the child's globals, its files, its environment, the network. */
export const escapes: readonly HostileScript[] = [
  {
    name: 'globals of Node by name',
    source:
      'return [typeof process, typeof require, typeof module, typeof Buffer, typeof global, typeof setTimeout, typeof fetch, typeof queueMicrotask]',
    ends: returned,
    value: [nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing],
  },
  {
    name: 'WebAssembly, shared memory and atomics by name',
    source: 'return [typeof WebAssembly, typeof SharedArrayBuffer, typeof Atomics]',
    ends: returned,
    value: [nothing, nothing, nothing],
  },
  { name: 'WebAssembly memory', source: 'new WebAssembly.Memory({ initial: 65536 })', ends: threw },
  {
    name: 'shared memory through WebAssembly of another realm',
    source: "return this.constructor.constructor('return typeof WebAssembly')()",
    ends: [...threw, 'returned'],
    value: nothing,
  },
  {
    name: 'the constructor of the constructor',
    source: "return (function () {}).constructor.constructor('return typeof process')()",
    ends: returned,
    value: nothing,
  },
  { name: 'the constructor of the input', source: "return input.constructor.constructor('return process.env')()", ends: threw },
  {
    name: 'the constructor of console.log',
    source: 'return console.log.constructor(\'return process.mainModule.require("fs")\')()',
    ends: threw,
  },
  {
    name: 'the caller of our function',
    source: 'return typeof (function f() { return f.caller && f.caller.caller })()',
    ends: [...threw, 'returned'],
  },
  {
    name: 'arguments.callee.caller',
    source: 'return (function () { return String(arguments.callee.caller?.caller) })()',
    ends: [...threw, 'returned'],
  },
  { name: 'the Function constructor', source: "return new Function('return typeof globalThis.process')()", ends: returned, value: nothing },
  {
    name: 'the AsyncFunction constructor',
    source: "return await (async () => {}).constructor('return typeof process')()",
    ends: returned,
    value: nothing,
  },
  {
    name: 'the GeneratorFunction constructor',
    source: "return (function* () {}).constructor('yield typeof process')().next().value",
    ends: returned,
    value: nothing,
  },
  {
    name: 'the AsyncGeneratorFunction constructor',
    source: "return (await (async function* () {}).constructor('yield typeof require')().next()).value",
    ends: returned,
    value: nothing,
  },
  { name: 'indirect eval', source: "return (0, eval)('typeof process + typeof require')", ends: returned, value: nothing + nothing },
  {
    name: 'this at the top',
    source: "return typeof this?.process + typeof this?.constructor?.constructor('return this')()?.process",
    ends: [...threw, 'returned'],
  },
  { name: 'dynamic import of fs', source: "const fs = await import('fs'); return fs.readFileSync(input.canaryFile, 'utf8')", ends: threw },
  {
    name: 'dynamic import of node:child_process',
    source: "return (await import('node:child_process')).execSync('env').toString()",
    ends: threw,
  },
  {
    name: 'dynamic import of the canary file',
    source: "return Object.keys(await import('file://' + input.canaryFile, { with: { type: 'json' } }))",
    ends: threw,
  },
  { name: 'dynamic import inside eval', source: 'return await eval(\'import("fs")\')', ends: threw },
  { name: 'dynamic import inside Function', source: 'return await new Function(\'return import("process")\')()', ends: threw },
  {
    name: 'dynamic import of a data address',
    source: "return await import('data:text/javascript,export default process.env')",
    ends: threw,
  },
  { name: 'dynamic import with a hostile specifier', source: "return await import({ toString() { return 'fs' } })", ends: threw },
  { name: 'import.meta', source: 'return import.meta.url', ends: threw },
  {
    name: 'require by any name',
    source:
      "for (const name of ['require', 'process', 'global', 'module']) { try { return globalThis[name].mainModule ?? globalThis[name]('fs') } catch {} } return null",
    ends: returned,
    value: null,
  },
  { name: 'process.binding', source: "return process.binding('fs')", ends: threw },
  { name: 'the environment variable', source: 'return process.env[input.canaryVariable]', ends: threw },
  { name: 'the host global', source: 'return globalThis[input.canaryVariable] ?? null', ends: returned, value: null },
  {
    name: 'the host global through every prototype',
    source:
      'let o = input, found = null; while (o) { for (const k of Object.getOwnPropertyNames(o)) if (k === input.canaryVariable) found = o[k]; o = Object.getPrototypeOf(o) } return found',
    ends: returned,
    value: null,
  },
  {
    name: 'prepareStackTrace for call sites',
    source:
      'Error.prepareStackTrace = (e, s) => s; const s = new Error().stack; return s.map?.((c) => String(c.getThis?.()?.process) + typeof c.getFunction?.()) ?? null',
    ends: ['returned', 'sandbox.threw'],
  },
  {
    name: 'a call site that evaluates',
    source:
      "Error.prepareStackTrace = (e, s) => s.map((c) => { try { return typeof c.getFunction().constructor('return process')() } catch (x) { return 'no' } }); return new Error().stack",
    ends: ['returned', 'sandbox.threw'],
  },
  {
    name: 'prepareStackTrace seen from a stack overflow',
    source:
      "Error.prepareStackTrace = (e, s) => { globalThis.found = typeof s?.[0]?.getThis?.()?.process; return '' }; try { (function f() { f() })() } catch (e) { e.stack } return globalThis.found ?? null",
    ends: ['returned', 'sandbox.threw'],
  },
  {
    name: 'captureStackTrace on a proxy',
    source:
      'const e = new Proxy({}, { defineProperty: (t, k, d) => { globalThis.got = typeof d.value; return true } }); Error.captureStackTrace(e); return globalThis.got ?? null',
    ends: ['returned', 'sandbox.threw'],
  },
  {
    name: 'a host error caught and climbed',
    source: "try { null.x } catch (e) { return e.constructor.constructor('return typeof process')() }",
    ends: returned,
    value: nothing,
  },
  {
    name: 'an error of the parser climbed',
    source: "try { new Function('}') } catch (e) { return e.constructor.constructor('return typeof process')() }",
    ends: returned,
    value: nothing,
  },
  {
    name: 'an error of import climbed',
    source: "try { await import('fs') } catch (e) { return e.constructor.constructor('return typeof process')() }",
    ends: returned,
    value: nothing,
  },
  {
    name: 'a range error at the edge of the stack climbed',
    source:
      "let seen; const f = () => { try { f() } catch (e) { seen ??= e.constructor.constructor('return typeof process')() } }; f(); return seen",
    // Node 24 dies here (SIGSEGV): the parser needs more stack than the isolate's thread has left.
    ends: [...threw, 'returned', 'sandbox.timedOut', 'sandbox.crashed'],
    value: nothing,
  },
  {
    name: 'a RangeError of a buffer climbed',
    source: "try { new ArrayBuffer(2 ** 53) } catch (e) { return e.constructor.constructor('return typeof process')() }",
    ends: returned,
    value: nothing,
  },
  {
    name: 'species of a promise',
    source:
      'class P extends Promise { static get [Symbol.species]() { return function (f) { f((v) => { globalThis.v = v }, () => {}) } } } await new P((r) => r(1)).then(() => {}); return typeof globalThis.v',
    ends: ['returned', 'sandbox.threw'],
  },
  {
    name: 'species of an array',
    source:
      "class A extends Array { static get [Symbol.species]() { return Function } } return typeof new A(1).map(() => 'return process')",
    ends: [...threw, 'returned'],
  },
  {
    name: 'the promise constructor replaced',
    source:
      'Promise.prototype.constructor = function (f) { f((x) => { globalThis.seen = typeof x?.process }, () => {}) }; Promise.prototype.constructor[Symbol.species] = Promise.prototype.constructor; return await Promise.resolve(1)',
    ends: ['returned', 'sandbox.threw'],
  },
  {
    name: 'then replaced',
    source:
      'Promise.prototype.then = function (f) { return f({ constructor: { constructor: Function } }) }; return await Promise.resolve(1)',
    ends: ['returned', 'sandbox.threw'],
  },
  {
    name: 'JSON replaced',
    source: 'JSON.stringify = () => \'{"kind":"returned","valueText":"1","logs":[]}\'; JSON.parse = () => process; return 2',
    ends: returned,
    value: 2,
  },
  {
    name: 'Reflect and Function.prototype replaced',
    source:
      "Reflect.apply = Function.prototype.call = Function.prototype.apply = Function.prototype.bind = () => { throw 1 }; console.log('still here'); return 3",
    ends: returned,
    value: 3,
  },
  {
    name: 'iterators replaced',
    source: "Array.prototype[Symbol.iterator] = function* () { yield 'forged'; yield -1e9 }; console.log('a'); return 4",
    ends: returned,
    value: 4,
  },
  {
    name: 'String.prototype replaced',
    source:
      "for (const k of ['slice', 'indexOf', 'charCodeAt']) String.prototype[k] = () => { throw new Error('mine') }; console.log('a'); return 5",
    ends: returned,
    value: 5,
  },
  {
    name: 'Error hasInstance replaced',
    source: 'Object.defineProperty(Error, Symbol.hasInstance, { value: () => { throw 1 } }); console.log({}); return 6',
    ends: returned,
    value: 6,
  },
  { name: 'the wrapper closed early', source: '}); process.exit(1); (async () => {', ends: threw },
  { name: 'the wrapper closed by a comment', source: '*/ }); globalThis.process; (() => { /*', ends: threw },
  { name: 'an HTML comment at the end', source: 'return 7 <!-- })', ends: returned, value: 7 },
  { name: 'a line comment at the end', source: 'return 8 //', ends: returned, value: 8 },
  { name: 'a hashbang', source: '#!/usr/bin/env node\nreturn 1', ends: threw },
  { name: 'a sourceURL that names a host file', source: 'throw new Error("x")\n//# sourceURL=file:///etc/passwd', ends: threw },
  { name: 'a sourceMappingURL', source: 'return 9\n//# sourceMappingURL=file:///etc/passwd', ends: returned, value: 9 },
  { name: 'V8 natives syntax', source: 'return %GetOptimizationStatus(() => {})', ends: threw },
  { name: 'a shadow realm', source: "return new ShadowRealm().evaluate('typeof process')", ends: threw },
  { name: 'Intl loading data', source: "return new Intl.DateTimeFormat('../../etc/passwd').format(0)", ends: threw },
  {
    name: 'importScripts, load, read and print of a shell',
    source:
      'return [typeof importScripts, typeof load, typeof read, typeof print, typeof quit, typeof d8, typeof os, typeof Deno, typeof Bun]',
    ends: returned,
    value: new Array<string>(9).fill(nothing),
  },
  { name: 'a stack overflow', source: 'const f = () => f(); f()', ends: threw },
  { name: 'a stack overflow with getters', source: 'const o = { get a() { return this.a } }; return o.a', ends: threw },
  { name: 'a stack overflow in toString', source: "const o = { toString() { return '' + o } }; return '' + o", ends: threw },
  {
    name: 'a stack overflow in a regex',
    source: "return new RegExp('('.repeat(1e5) + ')'.repeat(1e5)).test('')",
    ends: [...threw, ...outOfMemory],
  },
  {
    name: 'a stack overflow in the parser',
    source: "return eval('['.repeat(1e6) + ']'.repeat(1e6)).length",
    ends: [...threw, ...outOfMemory],
  },
  {
    name: 'a stack overflow in JSON.parse',
    source: "return JSON.parse('['.repeat(1e6) + ']'.repeat(1e6)).length",
    ends: [...threw, ...outOfMemory, 'returned'],
  },
  {
    name: 'a stack overflow in JSON.stringify',
    source: 'let a = []; for (let i = 0; i < 1e6; i++) a = [a]; return JSON.stringify(a).length',
    ends: [...threw, ...outOfMemory, 'returned'],
  },
  {
    name: 'a stack overflow through apply',
    source: 'const f = (...a) => Reflect.apply(f, null, [...a, ...a, 1]); f()',
    ends: [...threw, ...outOfMemory],
  },
  {
    name: 'a stack overflow through proxies',
    source: 'const p = new Proxy({}, {}); Object.setPrototypeOf(p, p); return p.x',
    ends: [...threw, 'returned'],
  },
  {
    name: 'a source of nested brackets',
    source: `return ${'('.repeat(20_000)}1${')'.repeat(20_000)}`,
    ends: [...threw, 'sandbox.crashed'],
  },
];

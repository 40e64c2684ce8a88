/**
 * Only what Biome cannot see: rules that need types, and calls that are forbidden by place.
 * `tests/architecture/` plants one violation of each.
 */
import tseslint from 'typescript-eslint';

const notPure = (what) => `${what} is forbidden in shared: time, chance and ids enter through an event or an argument.`;

/** Clock and chance: whoever records gives them; reducers and planners only read. */
const impureCalls = [
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: notPure('Date.now') },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: notPure('new Date()') },
  { selector: "CallExpression[callee.name='Date']", message: notPure('Date()') },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: notPure('Math.random') },
  { selector: "MemberExpression[object.name='performance'][property.name='now']", message: notPure('performance.now') },
  { selector: 'Identifier[name=/^(randomUUID|getRandomValues)$/]', message: notPure('randomUUID') },
];

const codeFromText = 'Code from text runs only in src-main/sandbox; conditions and templates are CEL.';
const dynamicCode = [
  { selector: "CallExpression[callee.name='eval']", message: codeFromText },
  { selector: "CallExpression[callee.property.name='eval'][callee.object.name=/^(globalThis|window|self)$/]", message: codeFromText },
  { selector: "NewExpression[callee.name='Function'], CallExpression[callee.name='Function']", message: codeFromText },
  { selector: 'ImportExpression[source.value=/^(node:)?vm$/]', message: codeFromText },
  { selector: "CallExpression[callee.name='require'][arguments.0.value=/^(node:)?vm$/]", message: codeFromText },
];

const noElectron = 'Only src-main/shell may name electron: requiring it without its binary starts a download.';
const electronCalls = [
  { selector: 'ImportExpression[source.value=/^electron(\\u002F|$)/]', message: noElectron },
  { selector: "CallExpression[callee.name='require'][arguments.0.value=/^electron(\\u002F|$)/]", message: noElectron },
];

const vmImports = ['vm', 'node:vm'].map((name) => ({ name, message: codeFromText }));
const electronImports = [{ name: 'electron', message: noElectron }];

const restrictSyntax = (...groups) => ({ 'no-restricted-syntax': ['error', ...groups.flat()] });
const restrictImports = (...groups) => ({ 'no-restricted-imports': ['error', { paths: groups.flat() }] });

export default tseslint.config(
  {
    ignores: ['.cache/', 'dist/', 'release/', 'coverage/', 'test-results/', 'playwright-report/', 'tests/bench/peers/', '**/node_modules/'],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx,mjs}'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: {
        project: ['src-shared', 'src-main', 'src-renderer', 'tests'].map((tree) => `${tree}/tsconfig.json`),
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      ...restrictSyntax(dynamicCode, electronCalls),
      ...restrictImports(vmImports, electronImports),
    },
  },
  {
    files: ['src-shared/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: restrictSyntax(dynamicCode, electronCalls, impureCalls),
  },
  { files: ['src-main/shell/**/*.ts'], rules: { ...restrictSyntax(dynamicCode), ...restrictImports(vmImports) } },
  { files: ['src-main/sandbox/**/*.ts'], rules: { ...restrictSyntax(electronCalls), ...restrictImports(electronImports) } },
);

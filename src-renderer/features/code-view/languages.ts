import JsonWorker from 'monaco-editor/languages/features/json/json.worker?worker';
import { jsonDefaults } from 'monaco-editor/languages/features/json/register';
import 'monaco-editor/features/bracketMatching/register';
import 'monaco-editor/features/clipboard/register';
import 'monaco-editor/features/comment/register';
import 'monaco-editor/features/find/register';
import 'monaco-editor/features/folding/register';
import 'monaco-editor/features/gotoError/register';
import 'monaco-editor/features/hover/register';
import 'monaco-editor/features/indentation/register';
import 'monaco-editor/features/linesOperations/register';
import 'monaco-editor/features/parameterHints/register';
import 'monaco-editor/features/readOnlyMessage/register';
import 'monaco-editor/features/snippet/register';
import 'monaco-editor/editor/contrib/suggest/browser/suggestController.js';
import 'monaco-editor/features/toggleTabFocusMode/register';
import 'monaco-editor/features/wordOperations/register';
import 'monaco-editor/languages/definitions/typescript/register';
import 'monaco-editor/languages/definitions/yaml/register';
import { ScriptTarget, typescriptDefaults } from 'monaco-editor/languages/features/typescript/register';
import TypeScriptWorker from 'monaco-editor/languages/features/typescript/ts.worker?worker';
import { nodeKindNames } from '#shared/nodes/registry.ts';
import type { CodeForm } from '#shared/workflow/code/code-form.ts';
import { toCodeSchema, toConfigSchema } from '#shared/workflow/code/code-schema.ts';
import { toDslTypes } from '#shared/workflow/code/dsl-types.ts';
import { monaco, registerWorker } from '../../ui/monaco.ts';
import { suggestYaml, toSchemaAt } from './yaml-suggestions.ts';

/** What the editor calls each form. */
export const editorLanguages: Readonly<Record<CodeForm, string>> = { json: 'json', yaml: 'yaml', ts: 'typescript' };

const schema = toCodeSchema();
let areReady = false;

/** Teaches the editor what a workflow looks like in each form: completion and words on hover, from the schemas of the kinds. */
export function prepareLanguages(): void {
  if (areReady) return;
  areReady = true;
  registerWorker('json', () => new JsonWorker());
  registerWorker('typescript', () => new TypeScriptWorker());
  // What is wrong is told by our own reading, with the same words in every form; the schema completes and explains.
  jsonDefaults.setDiagnosticsOptions({
    validate: false,
    allowComments: true,
    trailingCommas: 'ignore',
    schemas: [{ uri: 'heddle://schema/workflow', fileMatch: ['*'], schema }],
  });
  typescriptDefaults.setCompilerOptions({
    target: ScriptTarget.ESNext,
    lib: ['esnext'],
    strict: true,
    noEmit: true,
    allowNonTsExtensions: true,
  });
  typescriptDefaults.setExtraLibs([{ content: toDslTypes(), filePath: 'ts:heddle.d.ts' }]);
  monaco.languages.registerCompletionItemProvider('yaml', { triggerCharacters: [' ', '-'], provideCompletionItems: completeYaml });
  monaco.languages.registerHoverProvider('yaml', { provideHover: explainYaml });
}

function completeYaml(model: monaco.editor.ITextModel, position: monaco.Position): monaco.languages.CompletionList {
  const { before, after } = splitAt(model, position);
  const { startColumn } = model.getWordUntilPosition(position);
  const range = new monaco.Range(position.lineNumber, startColumn, position.lineNumber, position.column);
  const suggestions = suggestYaml(before, after, toSchemaAt(schema, before, toConfig)).map(
    ({ label, insert, isKey, description }): monaco.languages.CompletionItem => ({
      label,
      insertText: insert,
      kind: isKey ? monaco.languages.CompletionItemKind.Property : monaco.languages.CompletionItemKind.Value,
      range,
      // The indentation in the text is already that of the place.
      insertTextRules: monaco.languages.CompletionItemInsertTextRule.KeepWhitespace,
      ...(description === null ? {} : { documentation: description }),
    }),
  );
  return { suggestions };
}

function explainYaml(model: monaco.editor.ITextModel, position: monaco.Position): monaco.languages.Hover | null {
  const line = model.getLineContent(position.lineNumber);
  const [lead = '', key = ''] = /^(\s*(?:- )*)([\w$-]+)(?=:)/.exec(line)?.slice(1) ?? [];
  if (key === '' || position.column <= lead.length || position.column > lead.length + key.length + 1) return null;
  const { before } = splitAt(model, new monaco.Position(position.lineNumber, lead.length + 1));
  const found = suggestYaml(before, '', toSchemaAt(schema, before, toConfig)).find(({ label }) => label === key);
  return found === undefined || found.description === null ? null : { contents: [{ value: found.description }] };
}

function splitAt(model: monaco.editor.ITextModel, position: monaco.Position): { readonly before: string; readonly after: string } {
  const text = model.getValue(monaco.editor.EndOfLinePreference.LF);
  const offset = model.getOffsetAt(position);
  return { before: text.slice(0, offset), after: text.slice(offset) };
}

function toConfig(kind: string) {
  const name = nodeKindNames.find((known) => known === kind);
  return name === undefined ? undefined : toConfigSchema(name);
}

import type { CodeForm } from '#shared/workflow/code/code-form.ts';
import { findEntry } from '#shared/workflow/code/located.ts';
import type { Problem } from '#shared/workflow/problem.ts';
import { runCommand } from '../../app/commands.ts';
import { revealNode } from '../../state/canvas-view.ts';
import { getApi } from '../../state/connection.ts';
import { editDocument, findDocument, redoEdit, undoEdit } from '../../state/documents.ts';
import { selectNodes, setSelectedNodes, useSelection } from '../../state/selection.ts';
import { monaco } from '../../ui/monaco.ts';
import { type CodeState, type CodeWorld, createCodeSession, type Draft } from './code-session.ts';
import { editorLanguages, prepareLanguages } from './languages.ts';
import { toTextChange } from './text-change.ts';

/** An editor that shows a workflow, and what is asked of it. */
export interface CodeEditorHandle {
  documentChanged(): void;
  switchTo(form: CodeForm): void;
  setReadOnly(isReadOnly: boolean): void;
  /** What is wrong with the workflow itself, marked where it is written. */
  showProblems(problems: readonly Problem[]): void;
  /** Marks the text of these nodes, and shows that of the only one. */
  showSelected(nodes: readonly string[]): void;
  /** Puts the cursor where the first problem of the text is. */
  focusProblem(): void;
  focus(): void;
  /** Gives up what was typed and cannot be read. */
  discard(): void;
  close(): void;
}

export interface CodeEditorOptions {
  readonly path: string;
  readonly tabId: string;
  readonly form: CodeForm;
  readonly onState: (state: CodeState) => void;
}

/** What was typed and could not be read, by the path of its workflow: closing the code does not lose it. */
const drafts = new Map<string, Map<CodeForm, Draft>>();

function draftsOf(path: string): Map<CodeForm, Draft> {
  const known = drafts.get(path) ?? new Map<CodeForm, Draft>();
  drafts.set(path, known);
  return known;
}

/** A text is read when nothing has been typed for this long. */
const pauseMs = 300;

const formWords: Readonly<Record<CodeForm, string>> = { json: 'JSON', yaml: 'YAML', ts: 'TypeScript' };

/** Puts an editor into the element and keeps it in step with the open workflow. */
export function openCodeEditor(element: HTMLElement, { path, tabId, form, onState }: CodeEditorOptions): CodeEditorHandle {
  prepareLanguages();
  let model = createModel();
  const editor = monaco.editor.create(element, { ...editorOptions, model, ariaLabel: toLabel(form) });
  const marked = editor.createDecorationsCollection();
  let state: CodeState = { form, status: 'same', isComputed: false, problems: [], entries: [] };
  let problems: readonly Problem[] = [];
  let selected: readonly string[] = [];
  let isShowing = false;
  let isClosed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = findDocument(path)?.document;

  const world: CodeWorld = {
    document: () => {
      last = findDocument(path)?.document ?? last;
      if (last === undefined) throw new Error(`${path} is not open`);
      return last;
    },
    edit: (edit) => editDocument(path, edit, 'Edit the code'),
    show: (text) => show(text),
    run: (text, before) => getApi().workflow.fromCode({ text, form: 'ts', before }),
    onState: (next) => {
      state = next;
      if (!isClosed && state.form === form) {
        mark();
        highlight(false);
        onState(state);
      }
    },
  };
  const session = createCodeSession(form, world, draftsOf(path));

  /** By the ending of its name a worker tells TypeScript from JavaScript. */
  function createModel(): monaco.editor.ITextModel {
    const created = monaco.editor.createModel('', editorLanguages[form], monaco.Uri.from({ scheme: 'heddle', path: `/${path}.${form}` }));
    created.setEOL(monaco.editor.EndOfLineSequence.LF);
    created.updateOptions({ tabSize: 2, insertSpaces: true });
    return created;
  }

  function show(text: string): void {
    if (isClosed) return;
    clearTimeout(timer);
    const change = toTextChange(model.getValue(), text);
    if (change === null) return;
    isShowing = true;
    model.pushStackElement();
    model.pushEditOperations([], [{ range: toRange(model, change.start, change.end), text: change.text }], () => null);
    model.pushStackElement();
    isShowing = false;
  }

  function mark(): void {
    const ofText = state.problems.map(({ severity, message, start, end }) => toMarker(model, severity, message, start, end));
    const ofWorkflow =
      state.status === 'same'
        ? problems.flatMap(({ severity, message, node, path: at = [] }) => {
            const entry =
              node === null ? undefined : findEntry(state.entries, ['nodes', node, ...(at.length === 0 ? [] : ['config', ...at])]);
            return entry === undefined ? [] : [toMarker(model, severity, message, entry.start, toFirstLine(model, entry.start, entry.end))];
          })
        : [];
    monaco.editor.setModelMarkers(model, 'heddle', [...ofText, ...ofWorkflow]);
  }

  /** Where the selected nodes are written; brings the only one into view unless the cursor is in the editor. */
  function highlight(isToBeShown: boolean): void {
    const entries = state.entries.filter(({ place }) => place.length === 2 && place[0] === 'nodes' && selected.includes(String(place[1])));
    marked.set(
      entries.map(({ start, end }) => ({
        range: toRange(model, start, end),
        options: { isWholeLine: true, className: 'heddle-code-selected' },
      })),
    );
    const [only, ...more] = entries;
    if (isToBeShown && only !== undefined && more.length === 0 && !editor.hasTextFocus())
      editor.revealRangeInCenterIfOutsideViewport(toRange(model, only.start, toFirstLine(model, only.start, only.end)));
  }

  /** The card whose text the cursor is in is the one that is selected. */
  function followCursor({ position, reason }: monaco.editor.ICursorPositionChangedEvent): void {
    const isOwn = reason === monaco.editor.CursorChangeReason.Explicit || reason === monaco.editor.CursorChangeReason.NotSet;
    if (isShowing || !isOwn || !editor.hasTextFocus() || state.status !== 'same') return;
    const offset = model.getOffsetAt(position);
    const entry = state.entries.findLast(
      ({ place, start, end }) => place.length === 2 && place[0] === 'nodes' && start <= offset && offset <= end,
    );
    const node = entry?.place[1];
    const before = selectNodes(useSelection.getState(), tabId);
    if (typeof node !== 'string' || (before.length === 1 && before[0] === node)) return;
    setSelectedNodes(tabId, [node]);
    revealNode(path, node);
  }

  const listening = [
    editor.onDidChangeModelContent(() => {
      if (isShowing) return;
      session.typing();
      clearTimeout(timer);
      timer = setTimeout(() => void session.textChanged(model.getValue()), pauseMs);
    }),
    editor.onDidChangeCursorPosition(followCursor),
    // While text and canvas say the same, there is one history of the workflow; what cannot be read yet has only the editor's own.
    addKey('heddle.undo', monaco.KeyMod.CtrlCmd | monaco.KeyCode.KeyZ, () => stepBack('undo')),
    addKey('heddle.redo', monaco.KeyMod.CtrlCmd | monaco.KeyMod.Shift | monaco.KeyCode.KeyZ, () => stepBack('redo')),
    // The editor has a meaning of its own for this key.
    addKey('heddle.close', monaco.KeyMod.Alt | monaco.KeyCode.KeyC, () => runCommand('view.code')),
  ];

  function addKey(id: string, key: number, run: () => void): monaco.IDisposable {
    return editor.addAction({ id, label: id, keybindings: [key], run });
  }

  function stepBack(direction: 'undo' | 'redo'): void {
    const steps = findDocument(path)?.[direction].length ?? 0;
    if (state.status !== 'same') editor.trigger('keyboard', direction, null);
    else if (steps > 0) (direction === 'undo' ? undoEdit : redoEdit)(path);
  }

  return {
    documentChanged: () => {
      if (findDocument(path) !== undefined) session.documentChanged();
    },
    switchTo: (next) => {
      if (next === form) return;
      form = next;
      const before = model;
      model = createModel();
      editor.setModel(model);
      before.dispose();
      editor.updateOptions({ ariaLabel: toLabel(form) });
      session.switchTo(form);
    },
    setReadOnly: (isReadOnly) => editor.updateOptions({ readOnly: isReadOnly }),
    showProblems: (next) => {
      problems = next;
      mark();
    },
    showSelected: (next) => {
      selected = next;
      highlight(true);
    },
    focusProblem: () => {
      const [first] = state.problems;
      if (first !== undefined) {
        const position = model.getPositionAt(first.start);
        editor.setPosition(position);
        editor.revealPositionInCenterIfOutsideViewport(position);
      }
      editor.focus();
    },
    focus: () => editor.focus(),
    discard: () => session.discard(),
    close: () => {
      clearTimeout(timer);
      // What was typed a moment ago is not lost with the panel.
      if (state.status === 'reading') void session.textChanged(model.getValue());
      session.close();
      isClosed = true;
      for (const listener of listening) listener.dispose();
      editor.dispose();
      model.dispose();
    },
  };
}

const editorOptions: monaco.editor.IStandaloneEditorConstructionOptions = {
  fontFamily: 'JetBrains Mono Variable',
  fontSize: 12,
  lineHeight: 18,
  lineNumbersMinChars: 3,
  minimap: { enabled: false },
  scrollBeyondLastLine: false,
  wordWrap: 'on',
  wrappingIndent: 'deepIndent',
  padding: { top: 8, bottom: 8 },
  renderLineHighlight: 'none',
  overviewRulerLanes: 0,
  automaticLayout: true,
  fixedOverflowWidgets: true,
  stickyScroll: { enabled: false },
  // The window's keys tell a field by its element.
  editContext: false,
  // Tab leaves the editor, as everywhere else in the window; Ctrl+M lets it indent.
  tabFocusMode: true,
};

function toLabel(form: CodeForm): string {
  return `The workflow as ${formWords[form]}`;
}

function toRange(model: monaco.editor.ITextModel, start: number, end: number): monaco.Range {
  return monaco.Range.fromPositions(model.getPositionAt(start), model.getPositionAt(end));
}

/** Long parts are marked on their first line only. */
function toFirstLine(model: monaco.editor.ITextModel, start: number, end: number): number {
  const { lineNumber } = model.getPositionAt(start);
  return Math.min(end, model.getOffsetAt(new monaco.Position(lineNumber, model.getLineMaxColumn(lineNumber))));
}

function toMarker(
  model: monaco.editor.ITextModel,
  severity: 'error' | 'warning',
  message: string,
  start: number,
  end: number,
): monaco.editor.IMarkerData {
  const range = toRange(model, start, Math.max(end, start + 1));
  return {
    severity: severity === 'error' ? monaco.MarkerSeverity.Error : monaco.MarkerSeverity.Warning,
    message,
    startLineNumber: range.startLineNumber,
    startColumn: range.startColumn,
    endLineNumber: range.endLineNumber,
    endColumn: range.endColumn,
  };
}

import { HeddleError } from '#shared/base/errors.ts';
import type { CodeForm } from '#shared/workflow/code/code-form.ts';
import type { CodeProblem } from '#shared/workflow/code/code-problem.ts';
import type { CodeEntry } from '#shared/workflow/code/located.ts';
import { type CodeReading, readCode } from '#shared/workflow/code/read-code.ts';
import { writeCode } from '#shared/workflow/code/write-code.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { toEdits } from '#shared/workflow/document-diff.ts';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import type { WorkflowEdit } from '#shared/workflow/edit.ts';

/** How the text stands towards the canvas. */
export interface CodeState {
  readonly form: CodeForm;
  /** `same`: both say the same. `reading`: the text was changed and is being read. `broken`: it cannot be read, and the canvas stays as it was. */
  readonly status: 'same' | 'reading' | 'broken';
  /** True while the text computes: a change on the canvas would write it anew as plain calls. */
  readonly isComputed: boolean;
  readonly problems: readonly CodeProblem[];
  readonly entries: readonly CodeEntry[];
}

/** What a session works with. */
export interface CodeWorld {
  document(): WorkflowDocument;
  /** Throws `workflow.invalid` when it cannot be applied. */
  edit(edit: WorkflowEdit): void;
  /** Puts another text into the editor. */
  show(text: string): void;
  /** Asks the host what code builds that has to run. Rejects while the host cannot be reached. */
  run(text: string, before: WorkflowDocument): Promise<CodeReading>;
  onState(state: CodeState): void;
}

/** Keeps the text and the document of one workflow in step. */
export interface CodeSession {
  /** The user is changing the text: until it has been read, nothing is put over it. */
  typing(): void;
  /** The user has changed the text and paused. Resolves when the text has been read, or a newer one has come. */
  textChanged(text: string): Promise<void>;
  /** The document may have changed, on the canvas or elsewhere. */
  documentChanged(): void;
  /** Shows the workflow in another form; what was typed in this one and cannot be read is there again on the way back. */
  switchTo(form: CodeForm): void;
  /** Gives up what was typed, and shows the document. */
  discard(): void;
  /** Keeps what was typed and cannot be read for the next session. */
  close(): void;
}

/** A text that could not be read yet, and the document that it is a change of. */
export interface Draft {
  readonly text: string;
  readonly base: WorkflowDocument;
}

/** What was typed is shown again when the workflow is again what it said: this many workflows back. */
const mostRemembered = 100;

/** A session that begins by showing the document, or what was typed last and could not be read. */
export function createCodeSession(initialForm: CodeForm, world: CodeWorld, drafts = new Map<CodeForm, Draft>()): CodeSession {
  const remembered = new Map<string, string>();
  /** The document that the text and the canvas last agreed on. What is typed is a change of this one. */
  let base = world.document();
  let state: CodeState = { form: initialForm, status: 'same', isComputed: false, problems: [], entries: [] };
  let typed = '';
  let newest = 0;

  function tell(change: Partial<CodeState>): void {
    state = { ...state, ...change };
    world.onState(state);
  }

  function remember(document: WorkflowDocument, text: string): void {
    const key = toKey(document);
    remembered.delete(key);
    remembered.set(key, text);
    for (const oldest of remembered.keys()) {
      if (remembered.size <= mostRemembered) break;
      remembered.delete(oldest);
    }
  }

  function toKey(document: WorkflowDocument): string {
    return `${state.form} ${formatWorkflowFile(document)}`;
  }

  function showDocument(document: WorkflowDocument): void {
    newest += 1;
    base = document;
    const text = remembered.get(toKey(document)) ?? writeCode(document, state.form);
    world.show(text);
    const { entries, isComputed } = readCode(text, state.form, document);
    tell({ status: 'same', problems: [], entries, isComputed });
  }

  /** Where cards stand is not in the code, unless somebody has written it there. */
  function isSameCode(before: WorkflowDocument, after: WorkflowDocument): boolean {
    const writesPlaces = state.entries.some(({ place }) => place.length === 3 && place[2] === 'position');
    const { edits } = toEdits(before, after);
    return edits.length === 0 || (!writesPlaces && edits.every(({ type }) => type === 'moveNodes'));
  }

  function showDraftOrDocument(): void {
    const draft = drafts.get(state.form);
    drafts.delete(state.form);
    if (draft === undefined) {
      showDocument(world.document());
      return;
    }
    base = draft.base;
    world.show(draft.text);
    void session.textChanged(draft.text);
  }

  function keepDraft(): void {
    if (state.status === 'broken') drafts.set(state.form, { text: typed, base });
  }

  /** Takes over what was read, or says why not. */
  function take(reading: CodeReading, text: string): void {
    const { document, entries, isComputed, problems } = reading;
    if (document === null) {
      tell({ status: 'broken', problems, isComputed, ...(entries.length === 0 ? {} : { entries }) });
      return;
    }
    const current = world.document();
    const isAlone = formatWorkflowFile(current) === formatWorkflowFile(base);
    try {
      const edit = toEdits(base, document);
      if (edit.edits.length > 0) world.edit(edit);
    } catch (thrown) {
      if (!(thrown instanceof HeddleError)) throw thrown;
      tell({ status: 'broken', entries, isComputed, problems: [{ severity: 'error', message: thrown.message, start: 0, end: 1 }] });
      return;
    }
    if (!isAlone) {
      showDocument(world.document());
      return;
    }
    base = world.document();
    remember(base, text);
    tell({ status: 'same', problems, entries, isComputed });
  }

  const session: CodeSession = {
    typing() {
      newest += 1;
      if (state.status === 'same') tell({ status: 'reading' });
    },
    async textChanged(text) {
      session.typing();
      typed = text;
      const turn = newest;
      const reading = readCode(text, state.form, base);
      if (!reading.isComputed) {
        take(reading, text);
        return;
      }
      try {
        const run = await world.run(text, base);
        if (turn === newest) take(run, text);
      } catch (thrown) {
        if (turn !== newest) return;
        // Code that is still being typed does not compute either: what reading it said helps more than that nobody could run it.
        const message =
          thrown instanceof HeddleError ? thrown.message : 'The host cannot be reached, so code that computes cannot run now.';
        tell({ status: 'broken', problems: [...reading.problems, { severity: 'error', message, start: 0, end: 1 }], isComputed: true });
      }
    },
    documentChanged() {
      const now = world.document();
      if (now === base) return;
      // What is being typed is kept: it is brought together with the change when it can be read.
      if (state.status !== 'same') return;
      if (isSameCode(base, now)) base = now;
      else showDocument(now);
    },
    switchTo(form) {
      keepDraft();
      state = { ...state, form, status: 'same', problems: [], entries: [], isComputed: false };
      showDraftOrDocument();
    },
    discard: () => showDocument(world.document()),
    close: keepDraft,
  };
  showDraftOrDocument();
  return session;
}

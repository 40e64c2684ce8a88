import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react';
import { applyCompletion, type Completion, completeAt, type ExpressionForm, type ExpressionName } from './completion.ts';
import { markExpressions } from './expression-marks.ts';
import { FieldFrame } from './text-field.tsx';
import './expression-box.css';

export interface ExpressionBoxProps {
  readonly label: string;
  readonly isLabelHidden?: boolean;
  readonly help?: string | undefined;
  readonly form: ExpressionForm;
  readonly value: string;
  readonly rows: number;
  readonly placeholder?: string | undefined;
  readonly names: readonly ExpressionName[];
  /** What validation says beyond the form of the expression itself. */
  readonly problem?: string | null;
  readonly isReadOnly: boolean;
  readonly onChange: (value: string) => void;
}

/**
 * A text with its expressions in colour, and completion at the caret. The coloured text lies behind a text area whose own
 * letters are clear, so that typing, selecting, undo and screen readers work as in any text area.
 */
export function ExpressionBox(props: ExpressionBoxProps) {
  const { label, isLabelHidden = false, help, form, value, rows, placeholder, names, problem, isReadOnly, onChange } = props;
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const mirror = useRef<HTMLPreElement>(null);
  const [caret, setCaret] = useState<number | null>(null);
  const [completion, setCompletion] = useState<Completion | null>(null);
  const [active, setActive] = useState(0);
  const { marks, problem: ownProblem } = markExpressions(value, form);

  // After a completion the caret stands behind what was written, which the text area learns only when it is drawn.
  useLayoutEffect(() => {
    if (caret === null) return;
    area.current?.setSelectionRange(caret, caret);
    setCaret(null);
  }, [caret]);

  const offer = (text: string, at: number) => {
    setCompletion(isReadOnly ? null : completeAt(text, at, form, names));
    setActive(0);
  };
  const accept = (path: string) => {
    if (completion === null) return;
    const written = applyCompletion(value, completion, path);
    onChange(written.text);
    setCaret(written.caret);
    setCompletion(null);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (completion === null) {
      if (event.key === ' ' && event.ctrlKey) {
        event.preventDefault();
        offer(value, event.currentTarget.selectionStart);
      }
      return;
    }
    const count = completion.names.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setActive((active + step + count) % count);
    else if (event.key === 'Enter' || event.key === 'Tab') accept(completion.names[active]?.path ?? '');
    else if (event.key === 'Escape') setCompletion(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const shownProblem = ownProblem ?? problem ?? null;
  return (
    <FieldFrame id={id} label={label} isLabelHidden={isLabelHidden} help={help} problem={shownProblem}>
      <div className="heddle-expression" data-invalid={shownProblem !== null || undefined}>
        <pre ref={mirror} aria-hidden>
          {marks.map((mark, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: stretches have no identity but their place.
            <span key={index} data-mark={mark.type}>
              {mark.text}
            </span>
          ))}
          {'\n'}
        </pre>
        <textarea
          ref={area}
          id={id}
          style={{ minHeight: toMinHeight(rows) }}
          value={value}
          placeholder={placeholder}
          readOnly={isReadOnly}
          spellCheck={form === 'template'}
          aria-invalid={shownProblem !== null || undefined}
          aria-describedby={shownProblem !== null || help !== undefined ? `${id}-note` : undefined}
          aria-autocomplete="list"
          aria-controls={completion === null ? undefined : `${id}-names`}
          aria-activedescendant={completion === null ? undefined : `${id}-name-${active}`}
          onChange={(event) => {
            onChange(event.target.value);
            offer(event.target.value, event.target.selectionStart);
          }}
          onKeyDown={onKeyDown}
          onScroll={(event) => {
            if (mirror.current !== null) mirror.current.scrollTop = event.currentTarget.scrollTop;
          }}
          onBlur={() => setCompletion(null)}
        />
        {completion !== null && <Names id={id} names={completion.names} active={active} onChoose={accept} />}
      </div>
    </FieldFrame>
  );
}

/** It grows with its text; what is empty shows that more than a line is meant. Lines of 18 px, 5 px above and below. */
function toMinHeight(rows: number): number {
  return Math.min(rows, 3) * 18 + 10;
}

interface NamesProps {
  readonly id: string;
  readonly names: readonly ExpressionName[];
  readonly active: number;
  readonly onChoose: (path: string) => void;
}

function Names({ id, names, active, onChoose }: NamesProps) {
  return (
    <div
      id={`${id}-names`}
      role="listbox"
      aria-label="Names that can be used"
      className="absolute inset-x-0 top-full z-30 mt-1 max-h-48 overflow-y-auto rounded-lg border border-line-strong bg-surface-2 p-1 shadow-pop"
    >
      {names.map((name, index) => (
        <div
          key={name.path}
          id={`${id}-name-${index}`}
          role="option"
          aria-selected={index === active}
          tabIndex={-1}
          className={`is-row flex min-h-6 items-center gap-2 rounded-md px-2 ${index === active ? 'bg-surface-3' : ''}`}
          onPointerDown={(event) => {
            event.preventDefault();
            onChoose(name.path);
          }}
        >
          <span className="shrink-0 font-mono text-12 text-accent">{name.path}</span>
          <span className="min-w-0 flex-1 truncate text-right text-11 text-ink-2">{name.detail}</span>
        </div>
      ))}
    </div>
  );
}

import { type KeyboardEvent, useId, useState } from 'react';
import { FieldFrame } from '../../ui/text-field.tsx';

/** Something to choose; any other text can be typed. */
export interface Suggestion {
  readonly value: string;
  readonly detail: string;
}

export interface SuggestFieldProps {
  readonly label: string;
  readonly isLabelHidden?: boolean;
  readonly help?: string | undefined;
  readonly problem?: string | null;
  readonly value: string;
  readonly placeholder?: string;
  readonly suggestions: readonly Suggestion[];
  /** What stands in the list when there is nothing to choose. */
  readonly emptyText: string;
  readonly isReadOnly: boolean;
  readonly onChange: (value: string) => void;
  /** The list is about to be looked at. */
  readonly onOpen?: () => void;
  /** A suggestion was taken, or Enter was pressed on what was typed. */
  readonly onChoose?: (value: string) => void;
}

const mostShown = 40;

/** A line of text with suggestions below it: arrows and Enter take one, everything else is kept as typed. */
export function SuggestField(props: SuggestFieldProps) {
  const {
    label,
    isLabelHidden = false,
    help,
    problem,
    value,
    placeholder,
    suggestions,
    emptyText,
    isReadOnly,
    onChange,
    onChoose,
    onOpen,
  } = props;
  const id = useId();
  const [isOpen, setIsOpen] = useState(false);
  const [isFiltering, setIsFiltering] = useState(false);
  const [active, setActive] = useState(-1);
  const words = isFiltering ? value.toLowerCase() : '';
  const shown = suggestions.filter((entry) => `${entry.value} ${entry.detail}`.toLowerCase().includes(words)).slice(0, mostShown);

  const choose = (chosen: string) => {
    onChange(chosen);
    onChoose?.(chosen);
    setIsOpen(false);
    setIsFiltering(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      setIsOpen(true);
      setActive(shown.length === 0 ? -1 : (active + step + shown.length) % shown.length);
    } else if (event.key === 'Enter') {
      const entry = isOpen ? shown[active] : undefined;
      if (entry !== undefined) choose(entry.value);
      else onChoose?.(value);
      setIsOpen(false);
    } else if (event.key === 'Escape' && isOpen) setIsOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <FieldFrame id={id} label={label} isLabelHidden={isLabelHidden} help={help} problem={problem}>
      <span className="relative block">
        <input
          id={id}
          role="combobox"
          aria-expanded={isOpen}
          aria-controls={`${id}-list`}
          aria-activedescendant={isOpen && active >= 0 ? `${id}-${active}` : undefined}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem || help ? `${id}-note` : undefined}
          autoComplete="off"
          spellCheck={false}
          readOnly={isReadOnly}
          placeholder={placeholder}
          value={value}
          className="h-7 w-full rounded-md border border-line bg-canvas px-2 text-13 text-ink-1 transition-colors hover:border-line-strong focus:border-accent focus:outline-none aria-invalid:border-failed"
          onChange={(event) => {
            onChange(event.target.value);
            setIsFiltering(true);
            setIsOpen(true);
            setActive(-1);
          }}
          onFocus={(event) => {
            event.currentTarget.select();
            onOpen?.();
            setIsOpen(!isReadOnly);
          }}
          onClick={() => setIsOpen(!isReadOnly)}
          onBlur={() => {
            setIsOpen(false);
            setIsFiltering(false);
          }}
          onKeyDown={onKeyDown}
        />
        <div
          id={`${id}-list`}
          role="listbox"
          aria-label={`${label}: suggestions`}
          hidden={!isOpen}
          className="absolute inset-x-0 top-full z-30 mt-1 max-h-56 overflow-y-auto rounded-lg border border-line-strong bg-surface-2 p-1 shadow-pop"
        >
          {shown.map((entry, index) => (
            <div
              key={entry.value}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active}
              tabIndex={-1}
              title={entry.detail}
              className={`is-row flex min-h-6 flex-col justify-center rounded-md px-2 py-0.5 ${index === active ? 'bg-surface-3' : ''}`}
              onPointerMove={() => setActive(index)}
              onPointerDown={(event) => {
                event.preventDefault();
                choose(entry.value);
              }}
            >
              <span className="truncate text-13">{entry.value}</span>
              {entry.detail !== '' && <span className="truncate text-11 text-ink-2">{entry.detail}</span>}
            </div>
          ))}
          {shown.length === 0 && (
            <p className="px-2 py-1 text-12 text-ink-2">
              {suggestions.length === 0 ? emptyText : 'Nothing of that name; it is used as typed.'}
            </p>
          )}
        </div>
      </span>
    </FieldFrame>
  );
}

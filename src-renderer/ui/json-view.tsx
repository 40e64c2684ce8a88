import { Check, ChevronDown, ChevronRight, Copy } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { JsonValue } from '#shared/base/json.ts';
import { IconButton } from './icon-button.tsx';

/** A JSON value as a tree that opens and closes. Long lists and texts are shown in part, never cut for good. */
export function JsonView({
  value,
  label,
  openDepth = 2,
}: {
  readonly value: JsonValue;
  readonly label: string;
  readonly openDepth?: number;
}) {
  return (
    <div className="group relative rounded-md border border-line bg-canvas">
      <div className="absolute top-1 right-1 z-10">
        <CopyButton text={toText(value)} label={`Copy ${label}`} />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls, and a section would be one landmark too many. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard. */}
      <div role="group" aria-label={label} tabIndex={0} className="max-h-96 overflow-auto py-1.5 pr-9 pl-2 font-mono text-12 leading-4.5">
        <Value value={value} openDepth={openDepth} />
      </div>
    </div>
  );
}

/** Copies a text and says so by its icon for a moment. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setIsCopied(true);
    setTimeout(() => setIsCopied(false), 1200);
  };
  return (
    <IconButton
      size="small"
      label={isCopied ? 'Copied' : label}
      icon={isCopied ? <Check size={14} className="text-succeeded" /> : <Copy size={14} />}
      onClick={() => void copy()}
    />
  );
}

const longText = 2_000;
const longList = 100;

function Value({ value, openDepth, name }: { readonly value: JsonValue; readonly openDepth: number; readonly name?: string }) {
  const label = name === undefined ? null : <span className="text-model">{name}: </span>;
  if (value === null || typeof value !== 'object') {
    return (
      <div className="break-words whitespace-pre-wrap">
        {label}
        <Scalar value={value} />
      </div>
    );
  }
  const entries = Array.isArray(value) ? value.map((item, index) => [String(index), item] as const) : Object.entries(value);
  return (
    <Branch
      label={label}
      entries={entries as readonly (readonly [string, JsonValue])[]}
      isList={Array.isArray(value)}
      openDepth={openDepth}
    />
  );
}

interface BranchProps {
  readonly label: ReactNode;
  readonly entries: readonly (readonly [string, JsonValue])[];
  readonly isList: boolean;
  readonly openDepth: number;
}

function Branch({ label, entries, isList, openDepth }: BranchProps) {
  const [isOpen, setIsOpen] = useState(openDepth > 0);
  const [shown, setShown] = useState(longList);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) {
    return (
      <div>
        {label}
        <span className="text-ink-2">{open + close}</span>
      </div>
    );
  }
  return (
    <div>
      <button
        type="button"
        aria-expanded={isOpen}
        className="-ml-1 inline-flex items-center gap-0.5 rounded-sm text-left hover:bg-surface-3"
        onClick={() => setIsOpen(!isOpen)}
      >
        {isOpen ? <ChevronDown size={12} aria-hidden /> : <ChevronRight size={12} aria-hidden />}
        <span>
          {label}
          <span className="text-ink-2">{isOpen ? open : `${open} ${entries.length} ${close}`}</span>
        </span>
      </button>
      {isOpen && (
        <>
          <div className="ml-1 border-l border-line pl-3">
            {entries.slice(0, shown).map(([key, item]) => (
              <Value key={key} value={item} openDepth={openDepth - 1} {...(isList ? {} : { name: key })} />
            ))}
            {entries.length > shown && (
              <button type="button" className="text-accent hover:underline" onClick={() => setShown(shown + 1000)}>
                {(entries.length - shown).toLocaleString()} more
              </button>
            )}
          </div>
          <span className="text-ink-2">{close}</span>
        </>
      )}
    </div>
  );
}

function Scalar({ value }: { readonly value: string | number | boolean | null }) {
  const [isWhole, setIsWhole] = useState(false);
  if (typeof value === 'string') {
    const isCut = value.length > longText && !isWhole;
    return (
      <span className="text-succeeded">
        {JSON.stringify(isCut ? value.slice(0, longText) : value)
          .replaceAll('\\n', '\n')
          .replaceAll('\\"', '"')}
        {isCut && (
          <button type="button" className="ml-1 text-accent hover:underline" onClick={() => setIsWhole(true)}>
            show all {value.length.toLocaleString()} characters
          </button>
        )}
      </span>
    );
  }
  return <span className={value === null ? 'text-ink-2' : typeof value === 'number' ? 'text-code' : 'text-agent'}>{String(value)}</span>;
}

function toText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

import { ChevronDown, ChevronRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';

export interface SectionProps {
  readonly title: string;
  /** Closed until the user opens it. */
  readonly isClosedAtFirst?: boolean;
  readonly children: ReactNode;
}

/** A part of the inspector that can be closed. */
export function Section({ title, isClosedAtFirst = false, children }: SectionProps) {
  const [isOpen, setIsOpen] = useState(!isClosedAtFirst);
  return (
    <section className="border-t border-line">
      <h3>
        <button
          type="button"
          aria-expanded={isOpen}
          className="flex h-9 w-full items-center gap-1 px-3 text-left text-13 font-semibold"
          onClick={() => setIsOpen(!isOpen)}
        >
          {isOpen ? (
            <ChevronDown size={14} className="text-ink-3" aria-hidden />
          ) : (
            <ChevronRight size={14} className="text-ink-3" aria-hidden />
          )}
          {title}
        </button>
      </h3>
      {isOpen && <div className="flex flex-col gap-3 px-3.5 pb-4">{children}</div>}
    </section>
  );
}

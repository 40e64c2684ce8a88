import { ArrowDown, ArrowUp, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '../../ui/icon-button.tsx';

export interface ListRowProps {
  readonly name: string;
  readonly index: number;
  readonly count: number;
  readonly isReadOnly: boolean;
  readonly onMove: (by: 1 | -1) => void;
  readonly onRemove: () => void;
  /** Stands beside the buttons. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** One item of an edited list, with the buttons that move and remove it. */
export function ListRow({ name, index, count, isReadOnly, onMove, onRemove, aside, children }: ListRowProps) {
  return (
    <fieldset aria-label={name} className="flex min-w-0 flex-col gap-1.5 rounded-md border border-line bg-surface-2 p-2">
      {children}
      <div className="flex items-center">
        <span className="flex-1">{aside}</span>
        {!isReadOnly && (
          <>
            <IconButton
              size="small"
              label={`Move ${name} up`}
              icon={<ArrowUp size={13} />}
              disabled={index === 0}
              onClick={() => onMove(-1)}
            />
            <IconButton
              size="small"
              label={`Move ${name} down`}
              icon={<ArrowDown size={13} />}
              disabled={index === count - 1}
              onClick={() => onMove(1)}
            />
            <IconButton size="small" label={`Remove ${name}`} icon={<X size={13} />} onClick={onRemove} />
          </>
        )}
      </div>
    </fieldset>
  );
}

import { Wrench } from 'lucide-react';
import { Button } from './button.tsx';

export interface FixButtonsProps {
  /** What can be done about it, the best first. */
  readonly fixes: readonly { readonly title: string; readonly onSelect: () => void }[];
  /** What is to be fixed, for screen readers. */
  readonly label: string;
}

/** The ways out of a problem as a row of buttons; nothing when there are none. */
export function FixButtons({ fixes, label }: FixButtonsProps) {
  if (fixes.length === 0) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of buttons, not of fields.
    <div role="group" aria-label={label} className="flex min-w-0 flex-wrap gap-1.5">
      {fixes.map(({ title, onSelect }, index) => (
        <Button
          key={title}
          size="small"
          tone={index === 0 ? 'normal' : 'quiet'}
          className="max-w-full"
          icon={index === 0 ? <Wrench size={12} className="shrink-0" /> : undefined}
          onClick={onSelect}
        >
          <span className="truncate">{title}</span>
        </Button>
      ))}
    </div>
  );
}

import { Plus, Trash2 } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import type { LimitDraft } from './lanes-draft.ts';

export interface LimitRowsProps {
  readonly limits: readonly LimitDraft[];
  readonly problems: Readonly<Record<string, string>>;
  readonly onChange: (limits: readonly LimitDraft[]) => void;
}

const sorts = [
  { value: 'provider', label: 'Provider' },
  { value: 'agent', label: 'Agent' },
  { value: 'tool', label: 'Tool' },
] as const;

/** How many of one provider, agent or tool may be at work at once. */
export function LimitRows({ limits, problems, onChange }: LimitRowsProps) {
  const change = (index: number, part: Partial<LimitDraft>) =>
    onChange(limits.map((one, at) => (at === index ? { ...one, ...part } : one)));
  return (
    <>
      <h3 className="text-13 font-medium">Limits</h3>
      <p className="text-12 text-ink-2">
        How many may be at work at once. Without a name it is for each of its sort; a name wins over that.
      </p>
      {limits.map((limit, index) => (
        <fieldset
          // biome-ignore lint/suspicious/noArrayIndexKey: what a limit is for is what is being typed.
          key={index}
          aria-label={`Limit ${index + 1}`}
          className="grid grid-cols-[8rem_minmax(0,1fr)_6rem_auto] items-start gap-2"
        >
          <Select
            label="For"
            value={limit.sort}
            options={sorts.some(({ value }) => value === limit.sort) ? sorts : [...sorts, { value: limit.sort, label: limit.sort }]}
            onChange={(sort) => change(index, { sort })}
          />
          <TextField
            label="Called"
            isMono
            placeholder="each"
            value={limit.name}
            problem={problems[`limits.${index}.name`]}
            onChange={(event) => change(index, { name: event.target.value })}
          />
          <TextField
            label="At once"
            inputMode="numeric"
            value={limit.limit}
            problem={problems[`limits.${index}.limit`]}
            onChange={(event) => change(index, { limit: event.target.value })}
          />
          <IconButton
            label={`Remove limit ${index + 1}`}
            icon={<Trash2 size={14} />}
            className="mt-5"
            onClick={() => onChange(limits.filter((_, at) => at !== index))}
          />
        </fieldset>
      ))}
      <Button
        size="small"
        icon={<Plus size={12} />}
        className="self-start"
        onClick={() => onChange([...limits, { sort: 'provider', name: '', limit: '' }])}
      >
        Add limit
      </Button>
    </>
  );
}

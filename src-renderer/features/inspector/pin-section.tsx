import { Pin, PinOff } from 'lucide-react';
import { useState } from 'react';
import type { ErrorInfo } from '#shared/base/errors.ts';
import { type JsonObject, toCanonicalJson } from '#shared/base/json.ts';
import type { Port } from '#shared/nodes/kind.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { toCallError } from '../../state/call-error.ts';
import { pinOutputs, unpin, useCanPin, usePinsOf } from '../../state/pins.ts';
import { Button } from '../../ui/button.tsx';
import { ValueForm } from '../../ui/value-fields.tsx';
import { readForm, toFormTexts, toSchemaFields } from '../../ui/value-form.ts';

/** What stands in for the node when only a part of the workflow runs: a control for each output. */
export function PinSection({ path, node, ports }: { readonly path: string; readonly node: string; readonly ports: readonly Port[] }) {
  const pinned = usePinsOf(path)[node];
  const canPin = useCanPin();
  const [isWriting, setIsWriting] = useState(false);
  if (pinned === undefined && !isWriting) {
    return (
      <div data-field="pin" className="flex items-center gap-2">
        <p className="min-w-0 flex-1 text-12 text-ink-3">Nothing is pinned.</p>
        <Button size="small" icon={<Pin size={13} />} disabled={!canPin} onClick={() => setIsWriting(true)}>
          Pin by hand…
        </Button>
      </div>
    );
  }
  return (
    <div data-field="pin">
      <PinForm
        key={pinned === undefined ? '' : toCanonicalJson(pinned)}
        path={path}
        node={node}
        ports={ports}
        pinned={pinned ?? null}
        canPin={canPin}
        onClose={() => setIsWriting(false)}
      />
    </div>
  );
}

interface PinFormProps {
  readonly path: string;
  readonly node: string;
  readonly ports: readonly Port[];
  /** Null while it is being written for the first time. */
  readonly pinned: JsonObject | null;
  readonly canPin: boolean;
  readonly onClose: () => void;
}

function PinForm({ path, node, ports, pinned, canPin, onClose }: PinFormProps) {
  const fields = toSchemaFields({ properties: Object.fromEntries(ports.map(({ name, schema }) => [name, schema])) }, pinned ?? {});
  const first = toFormTexts(fields, pinned ?? {});
  const [texts, setTexts] = useState(first);
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const [error, setError] = useState<ErrorInfo | null>(null);
  const isChanged = JSON.stringify(texts) !== JSON.stringify(first);
  const act = (work: () => Promise<void>) => {
    setError(null);
    work().then(onClose, (thrown: unknown) => setError(toCallError(thrown)));
  };
  const pin = () => {
    const read = readForm(fields, texts);
    setProblems(read.problems);
    if (Object.keys(read.problems).length === 0) act(() => pinOutputs(path, node, read.value));
  };
  return (
    <div className="flex flex-col gap-2.5">
      <ValueForm fields={fields} texts={texts} problems={problems} onChange={setTexts} disabled={!canPin} />
      {error !== null && <ErrorNote error={error} />}
      <div className="flex gap-2">
        <Button size="small" icon={<Pin size={13} />} disabled={!canPin || (pinned !== null && !isChanged)} onClick={pin}>
          {pinned === null ? 'Pin' : 'Pin the change'}
        </Button>
        {pinned === null ? (
          <Button size="small" tone="quiet" onClick={onClose}>
            Cancel
          </Button>
        ) : (
          <Button size="small" icon={<PinOff size={13} />} disabled={!canPin} onClick={() => act(() => unpin(path, node))}>
            Unpin
          </Button>
        )}
      </div>
    </div>
  );
}

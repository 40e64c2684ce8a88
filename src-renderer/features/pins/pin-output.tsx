import { Pin, PinOff } from 'lucide-react';
import { useState } from 'react';
import { type JsonObject, toCanonicalJson } from '#shared/base/json.ts';
import { notifyError } from '../../app/notify.ts';
import { pinOutputs, unpin, useCanPin, usePinsOf } from '../../state/pins.ts';
import { Button } from '../../ui/button.tsx';

/** Beside what a node gave in a run: pins it, or says that it is pinned already. */
export function PinOutput({ path, node, outputs }: { readonly path: string; readonly node: string; readonly outputs: JsonObject }) {
  const pinned = usePinsOf(path)[node];
  const canPin = useCanPin();
  const [isBusy, setIsBusy] = useState(false);
  const isSame = pinned !== undefined && toCanonicalJson(pinned) === toCanonicalJson(outputs);
  const act = async () => {
    setIsBusy(true);
    try {
      await (isSame ? unpin(path, node) : pinOutputs(path, node, outputs));
    } catch (thrown) {
      notifyError(thrown);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Button
      size="small"
      className="self-start"
      icon={isSame ? <PinOff size={13} /> : <Pin size={13} />}
      disabled={!canPin}
      isBusy={isBusy}
      onClick={() => void act()}
    >
      {isSame ? 'Unpin this output' : pinned === undefined ? 'Pin this output' : 'Pin this output instead'}
    </Button>
  );
}

import { Plus, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { ErrorNote } from '../../app/error-note.tsx';
import { notifyDone, notifyError } from '../../app/notify.ts';
import { useIsOnline } from '../../state/connection.ts';
import { saveSettings, useSettings } from '../../state/settings.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatMoney } from '../../ui/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { Card, SectionHeader } from './section-parts.tsx';
import { useAct } from './use-act.ts';

/** What models cost, where the user knows better than the built-in table. */
export function PricesSection() {
  const { prices } = useSettings((store) => store.settings);
  const isOnline = useIsOnline();
  const remove = async (model: string) => {
    const { [model]: _removed, ...rest } = prices;
    try {
      await saveSettings({ prices: rest });
      notifyDone(`The price of ${model} is as built in again`, () => saveSettings({ prices }));
    } catch (thrown) {
      notifyError(thrown);
    }
  };
  return (
    <>
      <SectionHeader
        title="Prices"
        text="US dollars per million tokens. An entry here wins over the built-in table; a model without a price costs “–”, never 0."
      />
      <Card label="Your prices">
        {Object.keys(prices).length === 0 ? (
          <EmptyState isCompact title="No price of your own" text="The built-in table is used." />
        ) : (
          <table className="tabular w-full text-12">
            <thead>
              <tr className="text-left text-ink-2">
                <th className="py-1 font-normal">Model</th>
                <th className="py-1 text-right font-normal">In</th>
                <th className="py-1 text-right font-normal">In, cached</th>
                <th className="py-1 text-right font-normal">Out</th>
                <th>
                  <span className="sr-only">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {Object.entries(prices).map(([model, price]) => (
                <tr key={model} className="border-t border-line">
                  <td className="py-1 font-mono">{model}</td>
                  <td className="py-1 text-right">{formatMoney(price.input)}</td>
                  <td className="py-1 text-right">{formatMoney(price.cachedInput)}</td>
                  <td className="py-1 text-right">{formatMoney(price.output)}</td>
                  <td className="py-1 text-right">
                    <IconButton
                      size="small"
                      label={`Remove the price of ${model}`}
                      icon={<Trash2 size={14} />}
                      disabled={!isOnline}
                      onClick={() => void remove(model)}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        <NewPrice />
      </Card>
    </>
  );
}

function NewPrice() {
  const { prices } = useSettings((store) => store.settings);
  const isOnline = useIsOnline();
  const act = useAct();
  const [model, setModel] = useState('');
  const [input, setInput] = useState('');
  const [output, setOutput] = useState('');
  const isPrice = (text: string) => text.trim() !== '' && Number(text) >= 0;
  const isReady = model.includes('/') && isPrice(input) && isPrice(output);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const isSaved = await act.run(() =>
      saveSettings({ prices: { ...prices, [model.trim()]: { input: Number(input), output: Number(output) } } }),
    );
    if (!isSaved) return;
    setModel('');
    setInput('');
    setOutput('');
  };
  return (
    <form className="flex flex-col gap-2 border-t border-line pt-3" onSubmit={(event) => void submit(event)}>
      <div className="flex items-end gap-2">
        <TextField
          label="Model"
          isMono
          className="min-w-0 flex-1"
          value={model}
          placeholder="provider/model"
          onChange={(event) => setModel(event.target.value)}
        />
        <TextField label="In, $" className="w-20" inputMode="decimal" value={input} onChange={(event) => setInput(event.target.value)} />
        <TextField label="Out, $" className="w-20" inputMode="decimal" value={output} onChange={(event) => setOutput(event.target.value)} />
        <Button type="submit" icon={<Plus size={13} />} isBusy={act.isBusy} disabled={!isReady || !isOnline}>
          Set price
        </Button>
      </div>
      {act.error !== null && <ErrorNote error={act.error} />}
    </form>
  );
}

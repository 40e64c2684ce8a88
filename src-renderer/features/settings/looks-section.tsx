import { notifyError } from '../../app/notify.ts';
import { saveSettings, useSettings } from '../../state/settings.ts';
import { Segments } from '../../ui/segments.tsx';
import { Card, SectionHeader } from './section-parts.tsx';

/** How the window looks. */
export function LooksSection() {
  const theme = useSettings((store) => store.settings.theme);
  return (
    <>
      <SectionHeader title="Looks" text="Motion follows your system’s setting." />
      <Card label="Theme">
        <div className="flex items-center gap-4">
          <h3 className="flex-1 text-13 font-medium">Theme</h3>
          <Segments
            label="Theme"
            value={theme}
            options={[
              { value: 'system', label: 'As the system' },
              { value: 'dark', label: 'Dark' },
              { value: 'light', label: 'Light' },
            ]}
            onChange={(next) => void saveSettings({ theme: next }).catch(notifyError)}
          />
        </div>
      </Card>
    </>
  );
}

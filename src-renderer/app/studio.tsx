import { QueryClientProvider } from '@tanstack/react-query';
import { useLayout } from '../state/layout.ts';
import { queryClient } from '../state/queries.ts';
import { Splitter } from '../ui/splitter.tsx';
import { Toasts } from '../ui/toasts.tsx';
import { TooltipProvider } from '../ui/tooltip.tsx';
import { ActivityBar } from './activity-bar.tsx';
import { BottomPanel } from './bottom-panel.tsx';
import { CommandPalette } from './command-palette.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { EditorArea } from './editor-area.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { useFirstLaunch } from './first-launch.ts';
import { HelpDialog } from './help-dialog.tsx';
import { InspectorPanel } from './inspector-panel.tsx';
import { listOverlays } from './panels.ts';
import { SidePanel } from './side-panel.tsx';
import { StatusBar } from './status-bar.tsx';
import { useTheme } from './theme.ts';
import { TitleBar } from './title-bar.tsx';

/** The whole window. */
export function Studio() {
  const theme = useTheme();
  useFirstLaunch();
  return (
    <QueryClientProvider client={queryClient}>
      <TooltipProvider>
        <div className="flex h-full flex-col bg-surface-1">
          <TitleBar />
          <ConnectionBanner />
          <div className="flex min-h-0 flex-1">
            <ActivityBar />
            <Side />
            <main className="flex min-w-0 flex-1 flex-col">
              <div className="min-h-0 flex-1">
                <ErrorBoundary>
                  <EditorArea />
                </ErrorBoundary>
              </div>
              <Bottom />
            </main>
            <Inspector />
          </div>
          <StatusBar />
        </div>
        <CommandPalette />
        <HelpDialog />
        {listOverlays().map((Overlay, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list is fixed before the window is drawn.
          <Overlay key={index} />
        ))}
        <Toasts theme={theme} />
      </TooltipProvider>
    </QueryClientProvider>
  );
}

function Side() {
  const { isSideOpen, sideWidth } = useLayout();
  if (!isSideOpen) return null;
  return (
    <aside aria-label="Side panel" className="flex min-h-0 shrink-0">
      <div style={{ width: `min(${sideWidth}px, 22vw)` }} className="min-h-0">
        <SidePanel />
      </div>
      <Splitter
        label="Width of the side panel"
        orientation="vertical"
        sizes="before"
        size={sideWidth}
        min={180}
        max={480}
        onResize={(width) => useLayout.setState({ sideWidth: width })}
        onReset={() => useLayout.setState({ sideWidth: 236 })}
      />
    </aside>
  );
}

function Inspector() {
  const { isInspectorOpen, inspectorWidth } = useLayout();
  if (!isInspectorOpen) return null;
  return <InspectorPanel width={inspectorWidth} />;
}

function Bottom() {
  const { isBottomOpen, bottomHeight } = useLayout();
  if (!isBottomOpen) return null;
  return <BottomPanel height={bottomHeight} />;
}

import { Toaster } from 'sonner';

/** Where short messages appear. Once in the window. */
export function Toasts({ theme }: { readonly theme: 'dark' | 'light' }) {
  return (
    <Toaster
      theme={theme}
      position="bottom-right"
      offset={{ bottom: 36, right: 16 }}
      gap={8}
      closeButton
      toastOptions={{
        style: {
          background: 'var(--color-surface-2)',
          borderColor: 'var(--color-line-strong)',
          color: 'var(--color-ink-1)',
          fontFamily: 'var(--font-sans)',
          fontSize: 13,
          boxShadow: 'var(--elevation-pop)',
        },
        classNames: { description: '!text-ink-2 !text-12', actionButton: '!bg-accent !text-on-accent' },
      }}
    />
  );
}

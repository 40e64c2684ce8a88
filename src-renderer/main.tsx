import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { onCommandFailure } from './app/commands.ts';
import { registerCoreCommands } from './app/core-commands.ts';
import { listenToKeys } from './app/keyboard.ts';
import { notifyError } from './app/notify.ts';
import { listenToMenus } from './app/shell-menus.ts';
import { Studio } from './app/studio.tsx';
import { listenToTyping } from './app/touched-field.ts';
import { registerFeatures } from './features/register-features.ts';
import { connect } from './state/connection.ts';
import { persistLayout } from './state/layout.ts';
import { watchHost } from './state/watch-host.ts';
import './ui/tokens.css';

registerCoreCommands();
registerFeatures();
onCommandFailure(notifyError);
persistLayout();
listenToKeys();
listenToTyping();
listenToMenus();
connect(location.origin, watchHost);

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <Studio />
  </StrictMode>,
);

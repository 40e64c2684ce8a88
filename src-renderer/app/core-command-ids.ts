/** Commands that words and buttons outside their own feature may name. */
export const coreCommandIds = [
  'host.reconnect',
  'settings.folders',
  'settings.lanes',
  'settings.models',
  'settings.tools',
  'view.approvals',
  'view.deadLetters',
  'view.explorer',
  'view.lanes',
  'view.problems',
  'view.runs',
  'view.settings',
  'view.welcome',
] as const;

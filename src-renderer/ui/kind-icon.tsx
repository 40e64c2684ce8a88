import {
  Bot,
  Box,
  Braces,
  ClipboardPen,
  LogIn,
  LogOut,
  type LucideIcon,
  Merge,
  MessageSquareText,
  RadioTower,
  Repeat,
  Rows3,
  Split,
  SquareFunction,
  StickyNote,
  Timer,
  UserCheck,
  Workflow,
  Wrench,
} from 'lucide-react';
import type { KindCategory } from '#shared/nodes/kind.ts';
import { findKind } from '#shared/nodes/registry.ts';

/** By the icon names that kinds carry. */
const icons: Readonly<Record<string, LucideIcon>> = {
  bot: Bot,
  braces: Braces,
  'clipboard-pen': ClipboardPen,
  'log-in': LogIn,
  'log-out': LogOut,
  merge: Merge,
  'message-square-text': MessageSquareText,
  'radio-tower': RadioTower,
  repeat: Repeat,
  'rows-3': Rows3,
  split: Split,
  'square-function': SquareFunction,
  'sticky-note': StickyNote,
  timer: Timer,
  'user-check': UserCheck,
  workflow: Workflow,
  wrench: Wrench,
};

const colors: Readonly<Record<KindCategory, string>> = {
  agent: 'text-agent tint-agent',
  model: 'text-model tint-model',
  tool: 'text-tool tint-tool',
  code: 'text-code tint-code',
  control: 'text-control tint-control',
  human: 'text-human tint-human',
  data: 'text-ink-2 tint-control',
};

/** The icon of a node's kind on its colour; a box for a kind that this build does not know. */
export function KindIcon({ kind, size = 'normal' }: { readonly kind: string; readonly size?: 'small' | 'normal' }) {
  const known = findKind(kind);
  const Icon = icons[known?.icon ?? ''] ?? Box;
  return (
    <span
      aria-hidden
      className={`inline-flex shrink-0 items-center justify-center rounded-sm ${size === 'small' ? 'size-4.5' : 'size-5.5'} ${colors[known?.category ?? 'data']}`}
    >
      <Icon size={size === 'small' ? 12 : 14} />
    </span>
  );
}

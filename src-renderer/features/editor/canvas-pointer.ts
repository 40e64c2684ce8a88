import type { Position } from '#shared/workflow/document.ts';

/** Where the pointer was last, in pixels of the window. */
let pointer: Position | null = null;

/** Keeps track of the pointer from now on. */
export function watchPointer(): void {
  window.addEventListener('pointermove', ({ clientX, clientY }) => setPointer(clientX, clientY), { capture: true, passive: true });
}

/** Acts as if the pointer were there: what a menu does is meant for the place where it was opened. */
export function setPointer(x: number, y: number): void {
  pointer = { x, y };
}

/** The pointer, in pixels of the window, while it is over this element; null otherwise. */
export function findPointerOver(element: HTMLElement): Position | null {
  if (pointer === null) return null;
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return pointer.x < left || pointer.x > right || pointer.y < top || pointer.y > bottom ? null : pointer;
}

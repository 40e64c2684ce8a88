/** The field in which something was typed since it got the focus. */
let touched: EventTarget | null = null;

/** Notes which field is being written in, from now on. */
export function listenToTyping(): void {
  window.addEventListener('input', (event) => {
    touched = event.target;
  });
  window.addEventListener('focusin', (event) => {
    if (event.target !== touched) touched = null;
  });
}

/** Whether nothing was typed in this field since it got the focus: it then has nothing of its own to undo. */
export function isUntouched(field: Element): boolean {
  return field !== touched;
}

/** The window's colours for drawing, by the names of its tokens. */
export interface Palette {
  /** `agent`, `ink-1`: what `--color-<name>` is now. */
  of(name: string): string;
  /** So many percent of one token's colour in another's. */
  mix(name: string, percent: number, ground: string): string;
  readonly fontFamily: string;
}

/** The colours as they are at an element now; read anew when the theme changes. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const known = new Map<string, string>();
  const of = (name: string): string => {
    const found = known.get(name) ?? style.getPropertyValue(`--color-${name}`).trim();
    known.set(name, found);
    return found;
  };
  return { of, mix: (name, percent, ground) => `color-mix(in srgb, ${of(name)} ${percent}%, ${of(ground)})`, fontFamily: style.fontFamily };
}

/** Calls back whenever the theme changes. Ends with the function that it gives back. */
export function onThemeChange(act: () => void): () => void {
  const observer = new MutationObserver(act);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class', 'style'] });
  return () => observer.disconnect();
}

/** What stands where a figure is not known. */
const unknownFigure = '–';

/** A duration with its unit, never longer than two figures: `4 ms`, `1.4 s`, `18 s`, `2 min 5 s`, `3 h 12 min`. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms) || ms < 0) return unknownFigure;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return join(minutes, 'min', seconds % 60, 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return join(hours, 'h', minutes % 60, 'min');
  return join(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** Tokens, short: `820`, `7.1k`, `214k`, `1.2M`. */
export function formatTokens(tokens: number | null | undefined): string {
  if (tokens === null || tokens === undefined || !Number.isFinite(tokens)) return unknownFigure;
  if (tokens < 1000) return String(Math.round(tokens));
  if (tokens < 99_950) return `${trimZero((tokens / 1000).toFixed(1))}k`;
  if (tokens < 999_500) return `${Math.round(tokens / 1000)}k`;
  return `${trimZero((tokens / 1_000_000).toFixed(1))}M`;
}

/** US dollars as the user's language writes them; small amounts keep two figures that mean something. */
export function formatMoney(usd: number | null | undefined, locale?: string): string {
  if (usd === null || usd === undefined || !Number.isFinite(usd)) return unknownFigure;
  const digits = usd === 0 || usd >= 0.1 ? 2 : Math.min(6, 1 - Math.floor(Math.log10(usd)));
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: 2,
    maximumFractionDigits: Math.max(2, digits),
  }).format(usd);
}

/** Bytes with a binary unit: `512 B`, `12 KB`, `3.4 MB`. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined || !Number.isFinite(bytes)) return unknownFigure;
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 ? trimZero(value.toFixed(1)) : Math.round(value)} ${units[unit]}`;
}

/** How long ago, in words: `now`, `40 s ago`, `5 min ago`, `3 h ago`, `yesterday`, then the date. */
export function formatRelativeTime(atMs: number | null | undefined, nowMs: number, locale?: string): string {
  if (atMs === null || atMs === undefined || !Number.isFinite(atMs)) return unknownFigure;
  const seconds = Math.round((nowMs - atMs) / 1000);
  if (seconds < 10) return 'now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  if (seconds < 2 * 86_400) return 'yesterday';
  const isThisYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', ...(isThisYear ? {} : { year: 'numeric' }) }).format(atMs);
}

/** The exact moment, with seconds. */
export function formatExactTime(atMs: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(atMs);
}

/** `1 run`, `2 runs`. */
export function formatCount(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString()} ${count === 1 ? singular : plural}`;
}

/** A figure that is only an estimate, with two figures that mean something: `about 320 tokens`. */
export function formatEstimate(count: number, singular: string): string {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1);
  return `about ${formatCount(Math.round(count / step) * step, singular)}`;
}

function join(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

function trimZero(text: string): string {
  return text.replace(/\.0$/, '');
}

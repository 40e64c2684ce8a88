import { findConflicts } from './find-conflicts.ts';

/**
 * What a script can do with text out of tool results, so that a scripted answer quotes what was really read.
 * All are linear in their input. They exist only in scripts, not in the expressions of workflows.
 */
export const textFunctions: readonly {
  readonly signature: string;
  readonly handler: (...args: never[]) => unknown;
  readonly about: string;
}[] = [
  { signature: 'lines(string): list<string>', handler: toLines, about: 'the lines, without line ends' },
  {
    signature: 'firstLine(string): string',
    handler: (text: string) =>
      toLines(text)
        .find((line) => line.trim() !== '')
        ?.trim() ?? '',
    about: 'the first line that is not blank',
  },
  {
    signature: 'linesWith(string, string): list<string>',
    handler: (text: string, word: string) => having(toLines(text), word),
    about: 'the lines that contain a word, in any case',
  },
  { signature: 'headings(string): list<string>', handler: toHeadings, about: 'the texts of the Markdown headings' },
  { signature: 'paragraphs(string): list<string>', handler: toParagraphs, about: 'the paragraphs, headings left out, each on one line' },
  { signature: 'sentences(string): list<string>', handler: toSentences, about: 'the sentences of the paragraphs and list items' },
  {
    signature: 'sentencesWith(string, string): list<string>',
    handler: (text: string, word: string) => having(toSentences(text), word),
    about: 'the sentences that contain a word, in any case',
  },
  { signature: 'words(string): list<string>', handler: (text: string) => text.match(/[\p{L}\p{N}]+/gu) ?? [], about: 'the words' },
  {
    signature: 'numbersIn(string): list<string>',
    handler: toNumbers,
    about: 'the numbers as they are written, with unit signs: `12`, `3.5 %`, `€1,200`',
  },
  {
    signature: 'truncate(string, int): string',
    handler: truncate,
    about: 'at most so many characters, with … at the end when something is missing',
  },
  {
    signature: 'before(string, string): string',
    handler: (text: string, mark: string) => cut(text, mark)[0],
    about: 'what stands before a mark; the whole text when it is not there',
  },
  {
    signature: 'after(string, string): string',
    handler: (text: string, mark: string) => cut(text, mark)[1],
    about: 'what stands after a mark; nothing when it is not there',
  },
  {
    signature: 'between(string, string, string): string',
    handler: (text: string, from: string, to: string) => cut(cut(text, from)[1], to)[0],
    about: 'what stands between two marks',
  },
  {
    signature: 'replace(string, string, string): string',
    handler: (text: string, what: string, by: string) => text.replaceAll(what, () => by),
    about: 'every occurrence replaced',
  },
  { signature: 'fileName(string): string', handler: (path: string) => path.split(/[\\/]/).at(-1) ?? '', about: 'the last part of a path' },
  {
    signature: 'bullets(list): string',
    handler: (items: unknown[]) => items.map((item) => `- ${String(item)}`).join('\n'),
    about: 'a Markdown list',
  },
  {
    signature: 'slice(list, int, int): list',
    handler: (list: unknown[], from: bigint, to: bigint) => list.slice(Number(from), Number(to)),
    about: 'the items from a place up to, not with, another',
  },
  {
    signature: 'first(list, dyn): dyn',
    handler: (list: unknown[], otherwise: unknown) => list[0] ?? otherwise,
    about: 'the first item, or something else when there is none',
  },
  { signature: 'flatten(list): list', handler: (list: unknown[]) => list.flat(), about: 'a list of lists as one list' },
  { signature: 'unique(list): list', handler: (list: unknown[]) => [...new Set(list)], about: 'each item once' },
  {
    signature: 'conflicts(list, list): list',
    handler: (sources: string[], texts: string[]) =>
      findConflicts(
        texts.flatMap((text, index) => toSentences(text).map((sentence) => ({ text: sentence, source: sources[index] ?? '' }))),
      ),
    about: 'pairs of sentences of different sources that share most words and differ in their figures',
  },
  {
    signature: 'sum(list): double',
    handler: (list: unknown[]) => list.reduce<number>((total, item) => total + Number(item), 0),
    about: 'the sum of numbers',
  },
  {
    signature: 'round(dyn, int): double',
    handler: (value: unknown, digits: bigint) => Number(Number(value).toFixed(Math.min(15, Math.max(0, Number(digits))))),
    about: 'a number with so many digits',
  },
];

function toLines(text: string): string[] {
  return text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

function having(texts: readonly string[], word: string): string[] {
  const wanted = word.toLowerCase();
  return texts.filter((text) => text.toLowerCase().includes(wanted));
}

function isHeading(line: string): boolean {
  return /^#{1,6} /.test(line);
}

function toHeadings(text: string): string[] {
  return toLines(text)
    .filter(isHeading)
    .map((line) => line.slice(line.indexOf(' ')).trim());
}

function toParagraphs(text: string): string[] {
  const paragraphs: string[][] = [[]];
  for (const line of toLines(text)) {
    const isItem = /^\s{0,8}(?:[-*+]|\d{1,3}\.) /.test(line);
    if (line.trim() === '' || isHeading(line) || isItem) paragraphs.push([]);
    if (!isHeading(line)) paragraphs.at(-1)?.push(line.trim().replace(/^(?:[-*+]|\d{1,3}\.) +/, ''));
  }
  return paragraphs.map((lines) => lines.join(' ').trim()).filter((paragraph) => paragraph !== '');
}

/** A sentence ends at `.`, `!`, `?` or their full-width forms, with closing quotes, before a space or the paragraph's end. */
function toSentences(text: string): string[] {
  return toParagraphs(text).flatMap((paragraph) => {
    const sentences: string[] = [];
    let start = 0;
    for (const end of paragraph.matchAll(/[.!?。！？]["'”’)]?(?=\s|$)/g)) {
      const after = end.index + end[0].length;
      sentences.push(paragraph.slice(start, after).trim());
      start = after;
    }
    sentences.push(paragraph.slice(start).trim());
    return sentences.filter((sentence) => sentence !== '');
  });
}

function toNumbers(text: string): string[] {
  return text.match(/[€$£]?\d{1,30}(?:[.,:]\d{1,30}){0,10}(?: ?%| ?€)?/g) ?? [];
}

function truncate(text: string, length: bigint): string {
  const limit = Math.max(1, Number(length));
  const characters = [...text.slice(0, limit * 2 + 2)];
  return characters.length <= limit
    ? text
    : `${characters
        .slice(0, limit - 1)
        .join('')
        .trimEnd()}…`;
}

function cut(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)];
}

import type { HeddlePlace } from '../../tests/support/heddle-place.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';

/** Writes the scripted model `talker`, which says `word 1 word 2 …` at a pace that eyes can follow. */
export function writeTalker(
  place: HeddlePlace,
  { words, charsPerSecond }: { readonly words: number; readonly charsPerSecond: number },
): void {
  const say = Array.from({ length: words }, (_, index) => `word ${index + 1}`).join(' ');
  place.write('scripts/talker.script.json', { version: 1, rules: [{ do: { say, pace: { charsPerSecond } } }] });
}

/** A prompt on that model, and its output. */
export function toTalking() {
  return toDocument(
    {
      talker: { kind: 'prompt', config: { model: 'scripted/talker', prompt: 'Talk.' } },
      end: { kind: 'output', config: { name: 'said' } },
    },
    ['talker.text->end.value'],
  );
}

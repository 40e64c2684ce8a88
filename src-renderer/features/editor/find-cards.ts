import type { CardModel } from './card-model.ts';

/** More are not shown: who sees 50 types another letter. */
const mostFound = 50;

/** The cards that every word is found in: in the name or id first, then anywhere on the card. */
export function findCards(cards: readonly CardModel[], query: string): readonly CardModel[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const holds = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const byName = cards.filter((card) => holds(`${card.name} ${card.id}`));
  const named = new Set(byName);
  const byRest = cards.filter(
    (card) => !named.has(card) && holds(`${card.name} ${card.id} ${card.kindTitle} ${card.summary} ${card.note ?? ''}`),
  );
  return [...byName, ...byRest].slice(0, mostFound);
}

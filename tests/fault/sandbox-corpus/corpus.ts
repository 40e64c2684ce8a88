import { endless } from './endless.ts';
import { escapes } from './escapes.ts';
import { forgedValues } from './forged-values.ts';
import { memoryBombs } from './memory-bombs.ts';

/** Every hostile script that we know, by what it is after. */
export const corpus = { endless, 'memory bombs': memoryBombs, escapes, 'forged values': forgedValues } as const;

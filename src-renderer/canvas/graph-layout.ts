import type { Size } from './card-geometry.ts';

/** What is laid out: boxes by id, and which lead to which. */
export interface LayoutGraph {
  readonly boxes: readonly (Size & { readonly id: string })[];
  readonly edges: readonly (readonly [from: string, to: string])[];
}

/** Where the top left corner of each box goes. */
export type LayoutPositions = Readonly<Record<string, { readonly x: number; readonly y: number }>>;

/** Between the columns and between the boxes of one column, in canvas units: room for edges and their labels. */
export const columnGap = 88;
export const rowGap = 40;

/** Larger graphs get our own layout: dagre took 131 s for 2,122 nodes where this takes milliseconds. */
export const largestForDagre = 200;

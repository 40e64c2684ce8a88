import type { Size } from './card-geometry.ts';

/** A box that is laid out, and where its top left corner stands now. */
export interface LayoutBox extends Size {
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

/** What is laid out: boxes by id, and which lead to which. Edges whose ends are not among the boxes count for nothing. */
export interface LayoutGraph {
  readonly boxes: readonly LayoutBox[];
  readonly edges: readonly (readonly [from: string, to: string])[];
}

/** Where the top left corner of each box goes. */
export type LayoutPositions = Readonly<Record<string, { readonly x: number; readonly y: number }>>;

/** Between the columns and between the boxes of one column, in canvas units: room for edges and their labels. */
export const columnGap = 88;
export const rowGap = 40;

/** What a dragged kind is called in a drag's data. */
export const kindDragType = 'application/x-heddle-kind';

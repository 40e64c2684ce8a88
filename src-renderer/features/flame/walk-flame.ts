import { rowOfBox } from '../../canvas/flame-viewport.ts';
import type { ShownFlame } from './shown-flame.ts';

/**
 * Where an arrow key leads from a box: up to the one around it, down to the first inside it, left and right along its row. Undefined for
 * other keys and where there is nothing; without a chosen box each arrow leads to the first.
 */
export function stepFrom(flame: ShownFlame, box: number, key: string): number | undefined {
  const { layout } = flame;
  if (!key.startsWith('Arrow') || layout.item.length === 0) return undefined;
  if (box < 0) return 0;
  const row = rowOfBox(layout, box);
  switch (key) {
    case 'ArrowUp': {
      const parent = flame.parentOf(box);
      return parent < 0 ? undefined : parent;
    }
    case 'ArrowDown':
      for (let below = layout.rowStarts[row + 1] as number; below < layout.item.length; below += 1) {
        if (flame.parentOf(below) === box) return below;
      }
      return undefined;
    case 'ArrowLeft':
      return box > (layout.rowStarts[row] as number) ? box - 1 : undefined;
    case 'ArrowRight':
      return box + 1 < (layout.rowStarts[row + 1] as number) ? box + 1 : undefined;
    default:
      return undefined;
  }
}

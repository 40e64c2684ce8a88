import { useEffect } from 'react';
import { useCanvasView } from '../../state/canvas-view.ts';
import { bringIntoView, findCanvas } from './canvas-handles.ts';

/** Brings a node into view when another panel asks for it. */
export function useRevealing(path: string, tabId: string): void {
  const reveal = useCanvasView((store) => (store.reveal?.path === path ? store.reveal : null));
  useEffect(() => {
    const canvas = findCanvas(tabId);
    if (reveal === null || canvas === null) return;
    bringIntoView(canvas, reveal.node);
    useCanvasView.setState({ reveal: null });
  }, [reveal, tabId]);
}

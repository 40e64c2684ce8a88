import type { LayoutGraph } from './graph-layout.ts';
import { layoutInLayers } from './layered-layout.ts';

/** Lays out one graph per message, away from the thread that draws. */
self.onmessage = ({ data }: MessageEvent<LayoutGraph>) => self.postMessage(layoutInLayers(data));

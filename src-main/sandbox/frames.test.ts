import { describe, expect, it } from 'vitest';
import { createFrameReader, encodeFrame } from './frames.ts';

function collect(maximumBytes = 1_000) {
  const frames: string[] = [];
  const refused: number[] = [];
  const read = createFrameReader(
    () => maximumBytes,
    (text) => frames.push(text),
    (bytes) => refused.push(bytes),
  );
  return { read, frames, refused };
}

describe('frames', () => {
  it('come back whole however their bytes are cut', () => {
    const texts = ['', 'a', 'héddle €', 'x'.repeat(500)];
    const bytes = Buffer.concat(texts.map(encodeFrame));
    for (const size of [1, 2, 3, 7, 100, bytes.length]) {
      const { read, frames } = collect();
      for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
      expect(frames).toEqual(texts);
    }
  });

  it('longer than the limit are refused by their header, and nothing after them is read', () => {
    const { read, frames, refused } = collect(10);
    read(encodeFrame('short'));
    const header = Buffer.alloc(4);
    header.writeUInt32BE(4_000_000_000);
    read(header);
    read(encodeFrame('again'));
    expect({ frames, refused }).toEqual({ frames: ['short'], refused: [4_000_000_000] });
  });
});

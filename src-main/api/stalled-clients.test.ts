import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { cutOffStalledClients } from './stalled-clients.ts';

const toClose: (() => void)[] = [];
afterEach(() => {
  for (const close of toClose.splice(0)) close();
});

test('a connection that takes nothing of what waits for it is cut off; one that waits for nothing stays', async () => {
  // More than the buffers of both ends of a loopback connection hold.
  const body = Buffer.alloc(64 * 1024 * 1024);
  const server = createServer((request, response) => {
    if (request.url === '/large') response.end(body);
    else response.write('small');
  });
  cutOffStalledClients(server, 150);
  toClose.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const open = async (path: string): Promise<Socket> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    toClose.push(() => socket.destroy());
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await new Promise((resolve) => socket.once('readable', resolve));
    return socket;
  };
  const idle = await open('/small');
  const stalled = await open('/large');
  const reading = await open('/large');
  const received = new Promise<void>((resolve) => {
    let bytes = 0;
    reading.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes >= body.length) resolve();
    });
  });
  await received;
  // The stalled one learns of it when it reads again.
  const ended = new Promise<number>((resolve) => {
    let bytes = 0;
    stalled.on('error', () => undefined);
    stalled.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    stalled.on('close', () => resolve(bytes));
    stalled.pause();
  });
  await new Promise<void>((resolve) => {
    server.getConnections(function look(_error, count) {
      if (count === 2) resolve();
      else setImmediate(() => server.getConnections(look));
    });
  });
  stalled.resume();
  expect(await ended).toBeLessThan(body.length);
  expect([idle.destroyed, reading.destroyed]).toEqual([false, false]);
});

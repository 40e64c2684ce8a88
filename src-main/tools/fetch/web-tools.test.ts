import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '#shared/base/json.ts';
import { createSimulatedClock } from '../../../tests/support/simulated-clock.ts';
import { createToolCall } from '../../../tests/support/tool-call.ts';
import { resolveHost } from './pinned-request.ts';
import { createFetchUrl, createSendHttpRequest } from './web-tools.ts';

let server: Server;
let port: number;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const clock = createSimulatedClock();
let resolutions: string[];
let addresses: Record<string, readonly string[]>;
let grants: string[];
beforeEach(() => {
  resolutions = [];
  addresses = {};
  grants = [`site.test:${port}`];
  answer = (_request, response) => response.setHeader('content-type', 'text/plain').end('hello');
});
afterEach(() => {
  seen.length = 0;
  server.closeAllConnections();
});

const access = {
  resolve: async (host: string) => {
    resolutions.push(host);
    return addresses[host] ?? ['127.0.0.1'];
  },
  grants: () => grants,
};
const fetchUrl = createFetchUrl(access, clock);
const sendRequest = createSendHttpRequest(access, clock);
const get = (path: string, args: JsonObject = {}) => fetchUrl.run({ url: `http://site.test:${port}${path}`, ...args }, createToolCall());

describe('fetch_url', () => {
  it('answers the text, with the host asked for and the address resolved once', async () => {
    expect(await get('/page?x=1')).toEqual({
      value: { status: 200, url: `http://site.test:${port}/page?x=1`, contentType: 'text/plain', location: null, body: 'hello' },
      isTruncated: false,
    });
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/page?x=1', headers: { host: `site.test:${port}` } });
    expect(resolutions).toEqual(['site.test']);
  });

  it('answers JSON parsed, and says the status of an error page', async () => {
    answer = (_request, response) => response.writeHead(404, { 'content-type': 'application/problem+json' }).end('{"why":["gone"]}');
    expect(await get('/')).toMatchObject({ value: { status: 404, body: { why: ['gone'] } } });
  });

  it('decodes by charset, and keeps text that was said to be JSON', async () => {
    answer = (_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html; charset="windows-1252"' }).end(Buffer.from([0x80, 0xe4]));
    expect(await get('/')).toMatchObject({ value: { body: '€ä' } });
    answer = (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{half');
    expect(await get('/')).toMatchObject({ value: { body: '{half' } });
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('unpacks %s', async (encoding, pack) => {
    answer = (_request, response) =>
      response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': encoding }).end(pack(Buffer.from('packed')));
    expect(await get('/')).toMatchObject({ value: { body: 'packed' } });
  });

  it('refuses binary, unknown packing and a broken archive, in words', async () => {
    answer = (_request, response) => response.writeHead(200, { 'content-type': 'image/png' }).end('x');
    await expect(get('/')).rejects.toMatchObject({ code: 'tool.failed', message: expect.stringContaining('binary (image/png)') });
    answer = (_request, response) => response.writeHead(200).end(Buffer.from([1, 0, 2]));
    await expect(get('/')).rejects.toMatchObject({ code: 'tool.failed', message: expect.stringContaining('no stated type') });
    answer = (_request, response) => response.writeHead(200, { 'content-encoding': 'zstd, gzip' }).end('x');
    await expect(get('/')).rejects.toMatchObject({ code: 'tool.failed', message: expect.stringContaining('not understood') });
    answer = (_request, response) => response.writeHead(200, { 'content-encoding': 'constructor' }).end('x');
    await expect(get('/')).rejects.toMatchObject({ code: 'tool.failed', message: expect.stringContaining('not understood') });
    answer = (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('half').subarray(0, 12));
    await expect(get('/')).rejects.toMatchObject({ code: 'tool.failed' });
  });

  it('tells with HEAD what there is without fetching it', async () => {
    answer = (_request, response) => response.writeHead(200, { 'content-type': 'image/png', 'content-length': 5000 }).end();
    expect(await get('/', { method: 'HEAD' })).toMatchObject({ value: { status: 200, contentType: 'image/png', body: '' } });
  });

  it('reads no more than its cap of an answer that never ends, and hangs up', async () => {
    let sentBytes = 0;
    const hungUp = new Promise<void>((resolve) => {
      answer = (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/plain' });
        const send = () => {
          while (!response.destroyed && response.write('x'.repeat(65_536))) sentBytes += 65_536;
        };
        response.on('drain', send).on('close', resolve);
        send();
      };
    });
    const { value, isTruncated } = await get('/');
    await hungUp;
    expect(isTruncated).toBe(true);
    expect((value as { body: string }).body).toMatch(/^x+\n\[truncated: the rest was not read\]$/);
    expect((value as { body: string }).body.length).toBeLessThanOrEqual(1024 * 1024);
    expect(sentBytes).toBeLessThan(64 * 1024 * 1024);
  });

  it('survives an archive that unpacks to 300 MB', async () => {
    const bomb = gzipSync(Buffer.alloc(300_000_000, 'x'));
    answer = (_request, response) => response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' }).end(bomb);
    const before = process.memoryUsage().rss;
    expect(await get('/')).toMatchObject({ isTruncated: true });
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });

  it('ends when its time is up though the server says nothing', async () => {
    const asked = new Promise<void>((resolve) => {
      answer = () => resolve();
    });
    const running = expect(get('/')).rejects.toMatchObject({ code: 'tool.timedOut' });
    await asked;
    await clock.advance(30_000);
    await running;
  });

  it('says what went wrong when the server hangs up', async () => {
    answer = (request) => request.socket.destroy();
    await expect(get('/')).rejects.toMatchObject({ code: 'tool.failed', details: { systemCode: 'ECONNRESET' } });
    answer = (request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 1000 }).write('half');
      setImmediate(() => request.socket.destroy());
    };
    await expect(get('/')).rejects.toMatchObject({ code: 'tool.failed' });
  });

  it('sets no header of the connection and none that could split the request', async () => {
    for (const headers of [
      { Host: 'other' },
      { 'Transfer-Encoding': 'chunked' },
      { 'content-length': '5' },
      { 'x-a': 'b\r\nx-c: d' },
      { 'bad name': 'x' },
    ]) {
      await expect(get('/', { headers })).rejects.toMatchObject({ code: 'tool.argumentsInvalid' });
    }
    expect(seen).toEqual([]);
  });

  it('may be repeated and nobody is asked; what changes something is asked about and never repeated', () => {
    expect(fetchUrl.definition).toMatchObject({ effect: 'idempotent', approval: 'never' });
    expect(sendRequest.definition).toMatchObject({ effect: 'neither', approval: 'always' });
    expect(fetchUrl.definition.inputSchema).toMatchObject({ properties: { method: { enum: ['GET', 'HEAD'] } } });
  });
});

describe('redirects', () => {
  const redirectTo = (location: string, status = 302) => {
    answer = (request, response) => {
      if (request.url === '/from') response.writeHead(status, { location }).end();
      else response.setHeader('content-type', 'text/plain').end(`at ${request.headers.host}${request.url}`);
    };
  };

  it('are followed, relative ones too', async () => {
    redirectTo('/to');
    expect(await get('/from')).toMatchObject({
      value: { status: 200, url: `http://site.test:${port}/to`, body: `at site.test:${port}/to` },
    });
  });

  it('go through the guard at every hop', async () => {
    redirectTo(`http://127.0.0.1:${port}/secret`);
    await expect(get('/from')).rejects.toMatchObject({ code: 'tool.addressRefused' });
    for (const location of [
      'http://169.254.169.254/latest/meta-data',
      'http://[::1]/',
      'http://internal.test/',
      'file:///etc/passwd',
      'gopher://x/',
    ]) {
      redirectTo(location);
      await expect(get('/from')).rejects.toMatchObject({ code: 'tool.addressRefused' });
    }
    expect(seen.every(({ url }) => url === '/from')).toBe(true);
  });

  it('end after five', async () => {
    answer = (_request, response) => response.writeHead(307, { location: '/again' }).end();
    await expect(get('/')).rejects.toMatchObject({ code: 'tool.failed', message: expect.stringContaining('more than 5 times') });
    expect(seen).toHaveLength(6);
  });

  it('to another origin do not carry credentials along', async () => {
    grants.push(`other.test:${port}`);
    redirectTo(`http://other.test:${port}/to`);
    await get('/from', { headers: { Authorization: 'Bearer x', Cookie: 'a=b', 'X-Fine': '1' } });
    expect(seen.map(({ headers }) => [headers.authorization, headers.cookie, headers['x-fine']])).toEqual([
      ['Bearer x', 'a=b', '1'],
      [undefined, undefined, '1'],
    ]);
  });

  it('of a request that changes something are answered, not followed', async () => {
    redirectTo('/to', 307);
    const { value } = await sendRequest.run({ url: `http://site.test:${port}/from`, body: { a: 1 } }, createToolCall());
    expect(value).toMatchObject({ status: 307, location: '/to' });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      method: 'POST',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json', 'content-length': '7' },
    });
  });
});

describe('addresses that are refused before anything is sent', () => {
  it.each([
    ['loopback', 'http://127.0.0.1:PORT/'],
    ['loopback by its short form', 'http://127.1:PORT/'],
    ['loopback as one number', 'http://2130706433:PORT/'],
    ['loopback in octal', 'http://0177.0.0.1:PORT/'],
    ['loopback in hexadecimal', 'http://0x7f.1:PORT/'],
    ['loopback over IPv6', 'http://[::1]:PORT/'],
    ['loopback mapped into IPv6', 'http://[::ffff:127.0.0.1]:PORT/'],
    ['all interfaces', 'http://0.0.0.0:PORT/'],
    ['a name that is private', 'http://internal.test:PORT/'],
    ['a name with a trailing dot', 'http://internal.test.:PORT/'],
    ['a granted name at another port', 'http://site.test:1/'],
    ['credentials', 'http://user:secret@site.test:PORT/'],
    ['a file', 'file:///etc/passwd'],
    ['data', 'data:text/plain,x'],
    ['no URL', 'site.test'],
  ])('%s', async (_name, url) => {
    const refusal = await fetchUrl.run({ url: url.replace('PORT', String(port)) }, createToolCall()).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'tool.addressRefused' });
    expect(JSON.stringify(refusal)).not.toContain('secret@');
    expect(seen).toEqual([]);
  });

  it('a name with one private address among public ones', async () => {
    addresses['mixed.test'] = ['93.184.216.34', '10.0.0.1'];
    await expect(fetchUrl.run({ url: 'http://mixed.test/' }, createToolCall())).rejects.toMatchObject({
      code: 'tool.addressRefused',
      message: expect.stringMatching(
        /mixed\.test is 10\.0\.0\.1, which is a private network\. To allow it, grant mixed\.test:80 in Settings/,
      ),
    });
  });
});

it('a name that answers differently the second time is asked only once (DNS rebinding)', async () => {
  const answers = [['127.0.0.1'], ['10.0.0.1'], ['10.0.0.2']];
  const rebinding = createFetchUrl({ resolve: async () => answers.shift() ?? [], grants: () => [`site.test:${port}`] }, clock);
  expect(await rebinding.run({ url: `http://site.test:${port}/` }, createToolCall())).toMatchObject({ value: { body: 'hello' } });
  expect(answers).toHaveLength(2);
});

it('a name that resolves to nothing is said to be unknown', async () => {
  const failing = createFetchUrl(
    { resolve: async () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })), grants: () => [] },
    clock,
  );
  await expect(failing.run({ url: 'http://nowhere.test/' }, createToolCall())).rejects.toMatchObject({
    code: 'tool.failed',
    message: expect.stringContaining('no such host is known'),
  });
});

it('a host granted without a port is granted with all', async () => {
  grants = ['Site.test'];
  expect(await get('/')).toMatchObject({ value: { body: 'hello' } });
});

it('the system resolver finds this machine', async () => {
  expect(await resolveHost('localhost')).toEqual(expect.arrayContaining([expect.stringMatching(/^(127\.0\.0\.1|::1)$/)]));
});

import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { traverseContractProcedures } from '@orpc/server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { contract } from '#shared/contract/contract.ts';
import { type ApiWorld, createApiWorld, worldToken } from '../support/api-world.ts';
import { createSimulatedClock } from '../support/simulated-clock.ts';

let world: ApiWorld;
beforeEach(async () => {
  world = await createApiWorld();
});
afterEach(() => world.close());

interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request with any headers, also those that fetch does not let one set. */
function raw(
  path: string,
  options: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string | Buffer } = {},
): Promise<RawAnswer> {
  const { method = 'GET', headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: world.server.port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const bearer = { authorization: `Bearer ${worldToken}` };
const json = { 'content-type': 'application/json' };
const startBody = JSON.stringify({ source: { type: 'document', document: { schemaVersion: 1, name: 'W', nodes: [], edges: [] } } });

/** How an upgrade ends: open, or the status it was refused with. */
function upgrade(
  options: {
    readonly protocols?: string[];
    readonly headers?: Record<string, string>;
    readonly path?: string;
    readonly origin?: string;
  } = {},
): Promise<number | 'open'> {
  return new Promise((resolve) => {
    const { protocols = [], headers = {}, path = '/socket', origin } = options;
    const socket = new WebSocket(`ws://127.0.0.1:${world.server.port}${path}`, protocols, {
      headers,
      ...(origin === undefined ? {} : { origin }),
    });
    socket.on('open', () => {
      socket.close();
      resolve('open');
    });
    socket.on('unexpected-response', (_request, response) => {
      response.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', () => undefined);
  });
}

function openSocket(): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${world.server.port}/socket`, ['heddle', `token.${worldToken}`]);
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}

const closeCode = (socket: WebSocket): Promise<number> => new Promise((resolve) => socket.once('close', resolve));

describe('host and origin', () => {
  test('it listens on the loopback address only', () => {
    expect(world.server.url).toBe(`http://127.0.0.1:${world.server.port}`);
    return expect(
      new Promise((resolve, reject) => {
        const socket = connectTcp({ host: '127.0.0.2', port: world.server.port }, () => resolve('connected'));
        socket.on('error', reject);
      }),
    ).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test.each(['evil.example', 'evil.example:PORT', '127.0.0.1', '127.0.0.1:1', '127.0.0.1.evil.example:PORT', '0.0.0.0:PORT', '[::]:PORT'])(
    'the Host %j is refused',
    async (host) => {
      const headers = { ...bearer, host: host.replace('PORT', String(world.server.port)) };
      expect(await raw('/api/v1/host', { headers })).toMatchObject({ status: 403 });
      expect(await raw('/healthz', { headers })).toMatchObject({ status: 403 });
      expect(await upgrade({ protocols: ['heddle', `token.${worldToken}`], headers: { host: headers.host } })).toBe(403);
    },
  );

  test.each(['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST'])('the Host %s with the port is ours', async (name) => {
    expect(await raw('/api/v1/host', { headers: { ...bearer, host: `${name}:${world.server.port}` } })).toMatchObject({ status: 200 });
  });

  test.each(['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost', 'https://127.0.0.1:PORT', 'file://'])(
    'the Origin %s is refused, also with the token',
    async (name) => {
      const origin = name.replace('PORT', String(world.server.port));
      expect(await raw('/api/v1/runs', { method: 'POST', headers: { ...bearer, ...json, origin }, body: startBody })).toMatchObject({
        status: 403,
      });
      expect(await upgrade({ protocols: ['heddle', `token.${worldToken}`], origin })).toBe(403);
      expect(world.runs.calls).toEqual([]);
    },
  );

  test('no answer allows other origins to read it', async () => {
    const { headers } = await raw('/api/v1/host', { headers: bearer });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(await raw('/api/v1/runs', { method: 'OPTIONS', headers: { ...bearer, origin: 'https://evil.example' } })).toMatchObject({
      status: 403,
    });
  });
});

describe('the token', () => {
  test.each([
    ['none', '/api/v1/host', {}],
    ['a wrong one', '/api/v1/host', { authorization: 'Bearer wrong' }],
    ['one that begins right', '/api/v1/host', { authorization: `Bearer ${worldToken}x` }],
    ['one in the query', `/api/v1/host?token=${worldToken}`, {}],
    ['the right one in the query and in the header', `/api/v1/host?token=${worldToken}`, bearer],
    ['one as Basic', '/api/v1/host', { authorization: `Basic ${Buffer.from(`x:${worldToken}`).toString('base64')}` }],
    ['one in a header of its own', '/api/v1/host', { 'x-token': worldToken }],
    ['one without Bearer', '/api/v1/host', { authorization: worldToken }],
    ['one in a cookie, on REST', '/api/v1/host', { cookie: 'heddle-PORT=TOKEN' }],
    ['none on the OpenAPI document', '/openapi.json', {}],
  ] as [string, string, Record<string, string>][])('%s is not enough', async (_what, path, given) => {
    const headers = Object.fromEntries(
      Object.entries(given).map(([key, value]) => [key, value.replace('PORT', String(world.server.port)).replace('TOKEN', worldToken)]),
    );
    const answer = await raw(path, { headers });
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'request.unauthorized' });
  });

  test('one in the body is not enough', async () => {
    const body = JSON.stringify({ ...JSON.parse(startBody), token: worldToken });
    expect(await raw('/api/v1/runs', { method: 'POST', headers: json, body })).toMatchObject({ status: 401 });
    expect(world.runs.calls).toEqual([]);
  });

  test('an upgrade needs it as a subprotocol, or as a cookie together with our own origin', async () => {
    const { port } = world.server;
    const cookie = `heddle-${port}=${worldToken}`;
    expect(await upgrade()).toBe(401);
    expect(await upgrade({ protocols: ['heddle', 'token.wrong'] })).toBe(401);
    expect(await upgrade({ path: `/socket?token=${worldToken}` })).toBe(401);
    expect(await upgrade({ headers: bearer })).toBe(401);
    expect(await upgrade({ headers: { cookie } })).toBe(401);
    expect(await upgrade({ headers: { cookie: `heddle-1=${worldToken}` }, origin: `http://127.0.0.1:${port}` })).toBe(401);
    expect(await upgrade({ headers: { cookie }, origin: `http://127.0.0.1:${port}` })).toBe('open');
    expect(await upgrade({ protocols: ['heddle', `token.${worldToken}`] })).toBe('open');
    expect(await upgrade({ protocols: ['heddle', `token.${worldToken}`], path: '/elsewhere' })).toBe(404);
  });

  test('the first visit moves it from the address into a cookie that scripts cannot read', async () => {
    const { port } = world.server;
    const visit = await raw(`/?token=${worldToken}`);
    expect(visit).toMatchObject({
      status: 303,
      headers: { location: '/', 'set-cookie': [`heddle-${port}=${worldToken}; HttpOnly; SameSite=Strict; Path=/`] },
    });
    expect(await raw('/?token=wrong')).toMatchObject({ status: 401 });
    expect((await raw('/?token=wrong')).headers['set-cookie']).toBeUndefined();
    expect(await raw('/')).toMatchObject({ status: 401 });
    const page = await raw('/', { headers: { cookie: `heddle-${port}=${worldToken}` } });
    expect(page.status).toBe(200);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toMatch(/script-src 'self' 'sha256-[^']+';/);
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(policy).toContain(`ws://127.0.0.1:${port}`);
  });

  test('liveness and readiness need none, and tell strangers nothing about the machine', async () => {
    expect(JSON.parse((await raw('/healthz')).body)).toEqual({ status: 'live' });
    expect(JSON.parse((await raw('/readyz')).body)).toEqual({ status: 'ready' });
    expect(JSON.parse((await raw('/readyz', { headers: bearer })).body)).toEqual({
      status: 'ready',
      dependencies: { journal: { isOk: true, message: 'writable' } },
    });
  });
});

describe('bodies', () => {
  const post = (body: string | Buffer, headers: Record<string, string> = json) =>
    raw('/api/v1/runs', { method: 'POST', headers: { ...bearer, ...headers }, body });

  test('JSON is taken', async () => {
    expect(await post(startBody)).toMatchObject({ status: 200 });
    expect(world.runs.calls).toEqual(['start W {}']);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'a body of type %j is refused',
    async (type) => {
      expect(await post(startBody, { 'content-type': type })).toMatchObject({ status: 415 });
      expect(world.runs.calls).toEqual([]);
    },
  );

  test('a body beyond the limit is refused, announced or not', async () => {
    const large = Buffer.alloc(9 * 1024 * 1024, 0x20);
    const answer = await post(large).catch((error: NodeJS.ErrnoException) => error.code);
    expect(answer === 'ECONNRESET' || answer === 'EPIPE' ? 413 : (answer as RawAnswer).status).toBe(413);
    const chunked = await raw('/api/v1/runs', {
      method: 'POST',
      headers: { ...bearer, ...json, 'transfer-encoding': 'chunked' },
      body: large,
    }).catch((error: NodeJS.ErrnoException) => error.code);
    expect(chunked === 'ECONNRESET' || chunked === 'EPIPE' ? 413 : (chunked as RawAnswer).status).toBe(413);
    expect(world.runs.calls).toEqual([]);
    expect(await raw('/healthz')).toMatchObject({ status: 200 });
  });

  const nested = (inner: string) =>
    `{"source":{"type":"document","document":{"schemaVersion":1,"name":"W","nodes":[],"edges":[]}},"inputs":{"a":${inner}}}`;
  test.each([
    ['__proto__', nested('{"__proto__":{"isAdmin":true}}')],
    ['__proto__ written with escapes', nested('{"\\u005f_proto__":{"isAdmin":true}}')],
    ['constructor.prototype', nested('{"constructor":{"prototype":{"isAdmin":true}}}')],
    ['nesting of 100,000', nested('['.repeat(100_000) + ']'.repeat(100_000))],
    ['half a document', startBody.slice(0, -3)],
  ])('a body with %s is refused', async (_what, body) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'request.invalid' });
    expect(world.runs.calls).toEqual([]);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  test('the words __proto__ and constructor in a text, and a harmless key, are let in', async () => {
    expect(await post(nested('{"text":"{\\"__proto__\\": 1}","constructor":"a","list":["__proto__"]}'))).toMatchObject({ status: 200 });
  });

  test('queries that become objects cannot reach prototypes either', async () => {
    for (const query of ['__proto__[a]=1', 'a[__proto__][b]=1', 'constructor[prototype][a]=1', '%5F_proto__[a]=1']) {
      expect(await raw(`/api/v1/runs?${query}`, { headers: bearer }), query).toMatchObject({ status: 400 });
    }
  });

  test('over a WebSocket the same things end the connection', async () => {
    for (const message of [
      `{"i":"1","p":{"u":"/run/start","b":{"json":${nested('{"__proto__":{}}')}}}}`,
      '['.repeat(1000),
      'not json with \\u0041',
    ]) {
      const socket = await openSocket();
      socket.send(message);
      expect(await closeCode(socket), message.slice(0, 40)).toBe(1008);
    }
    const binary = await openSocket();
    binary.send(Buffer.from('{}'));
    expect(await closeCode(binary)).toBe(1003);
    const large = await openSocket();
    large.on('error', () => undefined);
    large.send(' '.repeat(9 * 1024 * 1024));
    expect(await closeCode(large)).toBe(1009);
    expect(world.runs.calls).toEqual([]);
  });

  test('what fails the schema is refused with the place of each problem', async () => {
    const answer = await post(JSON.stringify({ source: { type: 'file', path: 3 }, isAdmin: true }));
    expect(answer.status).toBe(422);
    const { data } = JSON.parse(answer.body);
    expect(data.code).toBe('request.invalid');
    expect(data.message).toContain('source.path');
  });
});

describe('paths', () => {
  beforeEach(() => {
    mkdirSync(join(world.root, '.heddle'));
    writeFileSync(join(world.root, '.heddle', 'secret.txt'), 'canary');
    writeFileSync(join(world.root, '..', 'outside.heddle.json'), '{}');
    symlinkSync('/etc', join(world.root, 'etc'));
    symlinkSync('/etc/passwd', join(world.root, 'passwd.heddle.json'));
    symlinkSync('.heddle', join(world.root, 'inner'));
  });

  const escapes = [
    '../outside.heddle.json',
    '/etc/passwd',
    'etc/passwd',
    'a/../../outside.heddle.json',
    '.heddle/secret.txt',
    'inner/secret.txt',
    './.heddle/secret.txt',
    'a\u0000b',
    '..\\outside.heddle.json',
    'C:/x',
    'passwd.heddle.json',
  ];

  test.each(escapes)('%j cannot be read', async (path) => {
    for (const endpoint of ['file', 'files', 'workflow']) {
      const answer = await world.fetch(`/api/v1/${endpoint}?path=${encodeURIComponent(path)}`);
      expect(answer.status, endpoint).toBe(422);
      const { data } = (await answer.json()) as { data: { code: string } };
      expect(data.code, endpoint).toBe('workflow.pathRefused');
    }
  });

  test.each(escapes)('%j cannot be written', async (path) => {
    const { api } = world.connect();
    const document = { schemaVersion: 1 as const, name: 'W', nodes: [], edges: [] };
    const { path: created } = await api.workflow.create({ name: 'W' });
    await expect(api.workflow.save({ path, baseRevision: '', document })).rejects.toMatchObject({ code: 'workflow.pathRefused' });
    await expect(api.workflow.rename({ path: created, newPath: path })).rejects.toMatchObject({ code: 'workflow.pathRefused' });
    await expect(api.workflow.remove({ path })).rejects.toMatchObject({ code: 'workflow.pathRefused' });
  });

  test('a name with a path in it stays a file name', async () => {
    const { path } = await world.connect().api.workflow.create({ name: '../../../tmp/evil' });
    expect(path).not.toContain('/');
    expect(readdirSync(world.root)).toContain(path);
  });
});

describe('effects', () => {
  test('every GET of the contract only reads', () => {
    const reading = new Set([
      'info',
      'listFolder',
      'readText',
      'list',
      'get',
      'watch',
      'events',
      'follow',
      'status',
      'state',
      'figures',
      'forkReport',
      'collect',
      'followCollected',
      'version',
      'versions',
      'recent',
    ]);
    const gets: string[] = [];
    traverseContractProcedures({ path: [], router: contract }, ({ contract: procedure, path }) => {
      if ((procedure['~orpc'].route.method ?? 'POST') === 'GET') gets.push(path.join('.'));
    });
    expect(gets.length).toBeGreaterThan(10);
    expect(gets.filter((name) => !reading.has(name.split('.')[1] ?? ''))).toEqual([]);
  });

  test('a GET to what has effects does nothing', async () => {
    await world.runs.record('r', 'log.written', {});
    for (const path of [
      '/api/v1/runs/r/cancel',
      '/api/v1/runs/r/resume',
      '/api/v1/runs/r/interrupt',
      '/api/v1/runs/r/continue',
      '/api/v1/runs/r/compensate',
      '/api/v1/runs/r/steer',
      '/api/v1/runs/r/signals/go',
      '/api/v1/runs/r/fork',
      '/api/v1/runs/r/replay',
      '/api/v1/runs/r/move',
      '/api/v1/mcp-servers/x/connect',
      '/api/v1/mcp-servers/x/stop',
      '/api/v1/secrets-unlock?passphrase=12345678',
      '/api/v1/workflow/rename?path=a&newPath=b',
    ]) {
      expect(await raw(path, { headers: bearer }), path).toMatchObject({ status: 404 });
      expect(await raw(path, { headers: { ...bearer, 'x-http-method-override': 'POST' } }), path).toMatchObject({ status: 404 });
    }
    expect(await raw('/', { method: 'POST', headers: { ...bearer, ...json }, body: '{}' })).toMatchObject({ status: 405 });
    expect(world.runs.calls).toEqual([]);
  });
});

describe('errors', () => {
  test('a bug is given an id and written down; the caller sees no stack and no words of it', async () => {
    const answer = await world.fetch('/api/v1/providers/x/test', { method: 'POST' });
    expect(answer.status).toBe(500);
    const text = await answer.text();
    expect(JSON.parse(text).data).toMatchObject({ code: 'internal.bug', details: { id: 'id-1' } });
    expect(text).not.toMatch(/secret path|node_modules|\.ts:/);
    expect(world.bugs).toEqual([new Error('a bug with a secret path /home/someone')]);
    await expect(world.connect().api.provider.test({ id: 'x' })).rejects.toMatchObject({
      name: 'HeddleError',
      code: 'internal.bug',
      details: { id: 'id-2' },
    });
  });
});

describe('load', () => {
  test('too many requests on one connection are refused for a while', async () => {
    await world.close();
    const clock = createSimulatedClock();
    world = await createApiWorld({ limits: { httpRate: { burst: 2, perSecond: 1 }, rate: { burst: 2, perSecond: 1 } }, clock });
    const send = keepAliveRequests(world.server.port);
    const statuses = [await send(), await send(), await send()];
    await clock.advance(1_000);
    statuses.push(await send());
    expect(statuses).toEqual([200, 200, 429, 200]);
    const socket = await openSocket();
    for (let count = 0; count < 3; count++) socket.send('{"i":"1","t":4}');
    expect(await closeCode(socket)).toBe(1013);
  });

  test('a client that does not answer pings is cut off; one that does stays', async () => {
    await world.close();
    const clock = createSimulatedClock();
    world = await createApiWorld({ clock });
    const url = `ws://127.0.0.1:${world.server.port}/socket`;
    const deaf = new WebSocket(url, ['heddle', `token.${worldToken}`], { autoPong: false });
    const alive = new WebSocket(url, ['heddle', `token.${worldToken}`]);
    await Promise.all([deaf, alive].map((socket) => new Promise((resolve) => socket.once('open', resolve))));
    const pinged = Promise.all([deaf, alive].map((socket) => new Promise((resolve) => socket.once('ping', resolve))));
    const closed = closeCode(deaf);
    await clock.advance(15_000);
    await pinged;
    // The pong has to cross the loopback before the next look.
    await new Promise((resolve) => {
      alive.once('ping', resolve);
      alive.ping('', undefined, () => undefined);
      alive.once('pong', resolve);
    });
    await clock.advance(15_000);
    expect(await closed).toBe(1006);
    expect(alive.readyState).toBe(WebSocket.OPEN);
    alive.terminate();
  });

  test('a client that takes nothing of what it asked for is cut off, and another is served meanwhile', async () => {
    await world.close();
    world = await createApiWorld({ limits: { highWaterBytes: 64 * 1024, mostBufferedBytes: 256 * 1024 } });
    const text = 'x'.repeat(200_000);
    for (let count = 0; count < 40; count++) await world.runs.record('r', 'log.written', { frame: '', level: 'info', text });
    const slow = await openSocket();
    const closed = closeCode(slow);
    slow.pause();
    for (let call = 0; call < 40; call++)
      slow.send(JSON.stringify({ i: String(call), p: { u: '/run/events', b: { json: { runId: 'r' } } } }));
    expect((await world.connect().api.run.get({ runId: 'r' })).lastSeq).toBe(40);
    slow.resume();
    expect(await closed).toBe(1006);
  });
});

/** Requests one after the other over one connection. */
function keepAliveRequests(port: number): () => Promise<number> {
  const socket = connectTcp({ host: '127.0.0.1', port });
  socket.setEncoding('utf8');
  return () =>
    new Promise((resolve) => {
      socket.once('data', (text) => resolve(Number(String(text).split(' ')[1])));
      socket.write(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    });
}

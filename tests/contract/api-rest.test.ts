import { traverseContractProcedures } from '@orpc/server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contract } from '#shared/contract/contract.ts';
import { type ApiWorld, createApiWorld } from '../support/api-world.ts';

let world: ApiWorld;
beforeEach(async () => {
  world = await createApiWorld();
});
afterEach(() => world.close());

async function call(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly value: Record<string, unknown> }> {
  const response = await world.fetch(`/api/v1${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return { status: response.status, value: (await response.json()) as Record<string, unknown> };
}

test('the OpenAPI document lists every procedure of the contract', async () => {
  const response = await world.fetch('/openapi.json');
  expect(response.status).toBe(200);
  const document = (await response.json()) as {
    openapi: string;
    paths: Record<string, Record<string, { tags?: string[] }>>;
    security: unknown;
  };
  expect(document.openapi).toMatch(/^3\.1/);
  expect(document.security).toEqual([{ token: [] }]);
  const listed = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method} ${path}`),
  );
  const promised: string[] = [];
  traverseContractProcedures({ path: [], router: contract }, ({ contract: procedure }) => {
    const { method = 'POST', path } = procedure['~orpc'].route;
    promised.push(`${method.toLowerCase()} ${path}`);
  });
  expect(listed.sort()).toEqual(promised.sort());
});

test('a workflow is created, opened, saved, renamed and removed over REST', async () => {
  const created = await call('POST', '/workflows', { name: 'Over REST' });
  expect(created).toMatchObject({ status: 200, value: { path: 'Over REST.heddle.json' } });
  const { path, revision, document } = created.value as { path: string; revision: string; document: object };
  expect(await call('GET', `/workflow?path=${encodeURIComponent(path)}`)).toEqual(created);
  const saved = await call('PUT', '/workflow', { path, baseRevision: revision, document: { ...document, description: 'changed' } });
  expect(saved.status).toBe(200);
  expect(await call('PUT', '/workflow', { path, baseRevision: revision, document })).toMatchObject({
    status: 422,
    value: { code: 'REFUSED', data: { code: 'workflow.changedOutside', details: { currentRevision: saved.value.revision } } },
  });
  expect(await call('POST', '/workflow/rename', { path, newPath: 'flows/b.heddle.json' })).toMatchObject({ status: 200 });
  expect(await call('DELETE', '/workflow', { path: 'flows/b.heddle.json' })).toEqual({ status: 200, value: {} });
  expect((await call('GET', '/workflows')).value).toEqual([]);
});

test('parameters of the path and fields of the body are one input', async () => {
  const provider = { kind: 'openai', label: 'Mine', baseUrl: 'http://127.0.0.1:1/v1' };
  expect(await call('PUT', '/providers/mine', provider)).toEqual({ status: 200, value: {} });
  expect(world.services.settings.get().providers).toEqual([{ id: 'mine', ...provider }]);
  expect(await call('PUT', '/providers/Not%20an%20id', provider)).toMatchObject({
    status: 422,
    value: { data: { code: 'request.invalid' } },
  });
  expect(await call('DELETE', '/providers/mine')).toEqual({ status: 200, value: {} });
  expect(await call('DELETE', '/providers/mine')).toMatchObject({ status: 422, value: { data: { code: 'request.notFound' } } });
  await world.runs.record('r', 'log.written', {});
  expect(await call('POST', '/runs/r/cancel')).toEqual({ status: 200, value: {} });
  expect(await call('POST', '/runs/r/approvals/a1', { answer: { type: 'deny', reason: 'no' } })).toEqual({ status: 200, value: {} });
  expect(world.runs.calls).toEqual(['cancel r cancelled by the user', 'decide r a1 deny user']);
});

test('a change of one setting keeps the others', async () => {
  await call('PATCH', '/settings', { theme: 'dark', grantedHosts: ['a'] });
  expect(await call('PATCH', '/settings', { maxParallelNodes: 2 })).toMatchObject({
    status: 200,
    value: { theme: 'dark', grantedHosts: ['a'], maxParallelNodes: 2 },
  });
  expect(await call('PATCH', '/settings', { theme: 'purple' })).toMatchObject({ status: 422 });
});

test('runs are listed newest first, page by page', async () => {
  for (const id of ['a', 'b', 'c']) await world.runs.record(id, 'log.written', {});
  const list = async (query: string) =>
    ((await call('GET', `/runs${query}`)).value as unknown as { runId: string }[]).map(({ runId }) => runId);
  expect(await list('')).toEqual(['c', 'b', 'a']);
  expect(await list('?limit=2')).toEqual(['c', 'b']);
  expect(await list('?limit=2&before=b')).toEqual(['a']);
  expect(await call('GET', '/runs?before=nobody')).toMatchObject({ status: 422, value: { data: { code: 'run.notFound' } } });
  expect(await call('GET', '/runs/a/events?afterSeq=0&limit=10')).toMatchObject({ status: 200, value: [{ seq: 1 }] });
});

test('files of the workspace are listed and read, hidden ones are not there', async () => {
  await call('POST', '/workflows', { name: 'W' });
  expect((await call('GET', '/files')).value).toMatchObject([{ name: 'W.heddle.json', path: 'W.heddle.json', type: 'file' }]);
  expect(await call('GET', '/file?path=W.heddle.json')).toMatchObject({
    status: 200,
    value: { isTruncated: false, text: expect.stringContaining('"name": "W"') },
  });
  expect(await call('GET', '/file?path=nothing.txt')).toMatchObject({ status: 422, value: { data: { code: 'request.notFound' } } });
});

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';

/** Answers a request for the studio's page or one of its files. */
export type StudioPage = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves the built window from `folder`; any other path is the page itself. */
export function createStudioPage(folder: string, port: number): StudioPage {
  const page = readPage(folder);
  if (page === undefined) return (_request, response) => sendHtml(response, 503, notBuilt);
  const policy = toContentSecurityPolicy(page, port);
  const serve = sirv(folder, {
    single: true,
    etag: true,
    setHeaders: (response, path) => {
      response.setHeader('Content-Security-Policy', policy);
      // Names of built files carry a hash of their content.
      response.setHeader('Cache-Control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  return (request, response) => serve(request, response, () => sendHtml(response, 404, 'Not found'));
}

/** What a browser without the token is shown. The link is from our own page, so that the browser sends a cookie it already has. */
export function sendSignInPage(response: ServerResponse): void {
  sendHtml(
    response,
    401,
    '<h1>Heddle</h1><p>This page needs the link that the host printed when it started: it ends in <code>?token=…</code>.</p><p><a href="/">I opened that link before: try again</a></p>',
  );
}

/** Scripts come from our own files or are the inline ones of the page, by hash; styles may be inline because the editor makes them. */
function toContentSecurityPolicy(page: string, port: number): string {
  const inline = [...page.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, code = '']) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`,
  );
  return [
    "default-src 'self'",
    ["script-src 'self'", ...inline].join(' '),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src 'self' ws://127.0.0.1:${port} ws://localhost:${port}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function readPage(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, 'index.html'), 'utf8');
  } catch {
    return undefined;
  }
}

const notBuilt =
  '<h1>Heddle</h1><p>The studio has not been built. Run <code>npm run build</code> and start again; the API and the command line work without it.</p>';

function sendHtml(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'",
    'Cache-Control': 'no-store',
  });
  response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Heddle</title><body>${body}</body></html>`);
}

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';
import { sendHtml } from './sign-in-page.ts';

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

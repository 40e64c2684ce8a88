import type { ServerResponse } from 'node:http';

/** What a browser without the token is shown. The link is from our own page, so that the browser sends a cookie it already has. */
export function sendSignInPage(response: ServerResponse): void {
  sendHtml(
    response,
    401,
    '<h1>Heddle</h1><p>This page needs the link that the host printed when it started: it ends in <code>?token=…</code>.</p><p><a href="/">I opened that link before: try again</a></p>',
  );
}

/** A small page that needs nothing but itself. `body` is trusted HTML. */
export function sendHtml(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'",
    'Cache-Control': 'no-store',
  });
  response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Heddle</title><body>${body}</body></html>`);
}

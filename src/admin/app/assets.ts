import type { Hono } from 'hono';
import type { PageEnv } from '../../pages/index.ts';
import type { AppFiles } from './app-files.ts';

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

/** A name holds the hash of its file, so that a file never changes (RFC 8246) and its name is its ETag. */
const FOREVER = 'public, max-age=31536000, immutable';

/** `/assets/{name}`: script and style of the pages, the same for everybody. */
export function addAppAssets(app: Hono<PageEnv>, files: AppFiles): void {
  app.get('/assets/:name', async (context, next) => {
    const name = context.req.param('name');
    const [file, type] = [await files.read(name), TYPES[name.split('.').at(-1) ?? '']];
    if (!file || type === undefined) return next();
    const etag = `"${name}"`;
    const takesBrotli = /\bbr\b/.test(context.req.header('accept-encoding') ?? '');
    const headers = {
      ETag: etag,
      Vary: 'Accept-Encoding',
      'Cache-Control': FOREVER,
      'Content-Type': type,
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'same-origin',
    };
    if (context.req.header('if-none-match') === etag) return context.body(null, 304, headers);
    return takesBrotli
      ? context.body(file.brotli, 200, { ...headers, 'Content-Encoding': 'br' })
      : context.body(file.plain, 200, headers);
  });
}

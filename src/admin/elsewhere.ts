import type { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type PageContext, type PageEnv, pageHeaders, say } from '../pages/index.ts';
import { formerPaths } from './former-paths.ts';
import type { PageKit } from './page-kit.ts';

/** A browser that goes somewhere gets a page; a program gets JSON. */
function isBrowsing(context: PageContext): boolean {
  const { method } = context.req;
  const takesPages = context.req.header('accept')?.includes('text/html') === true;
  return takesPages && (method === 'GET' || method === 'HEAD');
}

type Nothing = { readonly status: 404 | 410; readonly title: string; readonly says: string };

function answer(context: PageContext, kit: PageKit, nothing: Nothing): Response | Promise<Response> {
  const { status, title, says } = nothing;
  if (isBrowsing(context)) return say(context, { origin: kit.origin(), status }, [title, says]);
  for (const [name, value] of Object.entries(pageHeaders(kit.origin()).headers)) context.header(name, value);
  const error = status === 404 ? 'not_found' : 'gone';
  return context.json({ error, message: says }, status as ContentfulStatusCode);
}

/** Former addresses, the icon that browsers ask for, and whatever is nowhere. */
export function addElsewhere(app: Hono<PageEnv>, kit: PageKit): void {
  for (const former of formerPaths) {
    if ('goesTo' in former) app.get(former.path, context => context.redirect(former.goesTo, 302));
    else
      app.all(former.path, context =>
        answer(context, kit, { status: 410, title: 'This address is not used any more', says: former.says }),
      );
  }
  app.get('/favicon.ico', context => context.body(null, 204));
  app.notFound(context =>
    answer(context, kit, {
      status: 404,
      title: 'Nothing is here',
      says: 'There is nothing at this address.',
    }),
  );
}

import { createHash } from 'node:crypto';
import type { Hono } from 'hono';
import { html, raw } from 'hono/html';
import { asAsked, type SignedIn } from '../../auth/index.ts';
import { goTo, type PageContext, type PageEnv, pageHeaders, show } from '../../pages/index.ts';
import type { PageKit } from '../page-kit.ts';
import type { AppFiles } from './app-files.ts';
import { addAppAssets } from './assets.ts';

/**
 * Stands in the document, so that it is there when nothing else could be fetched: a script that does not come, or one
 * that it imports, leaves the page empty. The script that did come hides it again.
 */
const UNLOADED = `const tell = () => {
  const said = document.getElementById('unloaded');
  if (!said) addEventListener('DOMContentLoaded', tell);
  else if (!document.getElementById('root').firstChild) said.hidden = false;
};
addEventListener('error', ({ target }) => target instanceof HTMLScriptElement && tell(), true);`;
const UNLOADED_HASH = createHash('sha256').update(UNLOADED).digest('base64');

/**
 * What the pages may load: their own files by the path that serves nothing else, that one script of the document by
 * its hash, and no script that is a string.
 */
function contentPolicy(origin: string): string {
  return [
    "default-src 'none'",
    `script-src ${origin}/assets/ 'sha256-${UNLOADED_HASH}'`,
    `style-src ${origin}/assets/`,
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

const THEME = /(?:^|;\s*)amg_theme=(light|dark)(?:;|$)/;

/** What the pages know before they ask: no secret but the token that every form of this browser carries. */
function bootOf(kit: PageKit, { user, formToken, session }: SignedIn, origin: string): string {
  const { id, name, role } = user;
  const passwordAt = session.passwordAt;
  const { sample, ...about } = kit.about ?? { version: '', isPrivate: false };
  const forAdmin = role === 'admin' && sample !== undefined && { sample };
  return JSON.stringify({ id, name, role, formToken, passwordAt, origin, ...about, ...forAdmin });
}

async function building(context: PageContext, kit: PageKit): Promise<Response> {
  context.header('Refresh', '1');
  return show(
    context,
    { origin: kit.origin(), status: 503 },
    () => html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>AuthMCP Gateway</title></head>
<body><p>The pages are being built, which takes a few seconds. This one opens by itself when they are there.</p>
<p>If it does not: <code>node scripts/ui.ts</code> says why. The gateway works meanwhile.</p></body></html>`,
  );
}

async function page(
  context: PageContext,
  kit: PageKit,
  files: AppFiles,
  status: 200 | 404 = 200,
): Promise<Response> {
  const { pathname, search } = new URL(context.req.url);
  // Own paths only: what begins with two slashes is another host.
  if (/^\/(admin|account)\/.*\/$|^\/(admin|account)\/$/.test(pathname))
    return goTo(context, `${pathname.replace(/\/+$/, '')}${search}`);
  const cookies = context.req.header('cookie');
  const signedIn = await kit.sessions.read(cookies);
  if (!signedIn) {
    if (await kit.setup.isWaiting()) return goTo(context, '/setup');
    return goTo(
      context,
      pathname === '/admin' ? '/login' : `/login?next=${encodeURIComponent(pathname + search)}`,
    );
  }
  if (signedIn.user.role === 'user' && context.req.path.startsWith('/admin'))
    return goTo(context, '/account?not=admin');
  const entry = await files.entry();
  if (!entry) return building(context, kit);
  const origin = asAsked(kit.origin(), context.req.header('host'));
  for (const [name, value] of Object.entries(pageHeaders(kit.origin()).headers)) context.header(name, value);
  context.header('Content-Security-Policy', contentPolicy(origin));
  const theme = THEME.exec(cookies ?? '')?.[1] ?? '';
  return context.html(
    html`<!doctype html>
<html lang="en" data-theme="${theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AuthMCP Gateway</title>
<link rel="icon" href="data:,">
<script>${raw(UNLOADED)}</script>
<link rel="stylesheet" href="/assets/${entry.style}">
<script type="module" src="/assets/${entry.script}"></script>
</head>
<body><div id="root" data-boot="${bootOf(kit, signedIn, origin)}"></div>
<div id="unloaded" role="main" hidden><p role="heading" aria-level="1"><b>These pages could not be fetched</b></p>
<p>There is no connection, or the gateway has other files now.</p>
<p><a href="">Load again</a></p></div>
<noscript><p>These pages need JavaScript. The command line does what they do: <code>npx authmcp-gateway --help</code></p>
<form method="post" action="/logout"><input type="hidden" name="form" value="${signedIn.formToken}"><button type="submit">Sign out</button></form></noscript>
</body></html>`,
    status,
  );
}

/** The addresses that have a page; any other is nowhere. */
const PAGES = [
  '/admin',
  '/admin/setup',
  '/admin/activity',
  '/admin/servers',
  '/admin/servers/:name',
  '/admin/playground',
  '/admin/people',
  '/admin/people/:id',
  '/admin/access',
  '/admin/clients',
  '/admin/security',
  '/admin/audit-log',
  '/admin/settings',
  '/account',
  '/account/connect',
  '/account/playground',
];

/** The pages for administrators and the portal: one document, whose script shows the page of the address. */
export function addAppPage(app: Hono<PageEnv>, kit: PageKit, files: AppFiles): void {
  addAppAssets(app, files);
  for (const path of PAGES) app.get(path, context => page(context, kit, files));
}

const IS_PAGE = /^\/(admin|account)\/(?!(api|programs)(\/|$))/;

/** Whoever is signed in finds the way on from an address that is none; programs are told as everywhere. Comes last. */
export function addLostPage(app: Hono<PageEnv>, kit: PageKit, files: AppFiles): void {
  app.get('*', async (context, next) => {
    const takesPages = context.req.header('accept')?.includes('text/html') === true;
    const isOne = takesPages && IS_PAGE.test(context.req.path);
    if (!isOne || !(await kit.sessions.read(context.req.header('cookie')))) return next();
    return page(context, kit, files, 404);
  });
}

import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { asAsked, type SignedIn } from '../auth/index.ts';
import { Fault, toFault } from '../base/index.ts';
import { createFormGuard, goTo, type PageContext, type PageEnv, say, show } from '../pages/index.ts';
import { addElsewhere } from './elsewhere.ts';
import { addLinkPages, linkPaths } from './link-page.ts';
import { addLoginPage } from './login-page.ts';
import type { PageKit, PagesDeps } from './page-kit.ts';
import { permittedServers } from './permitted.ts';
import { addSetupPage } from './setup-page.ts';
import { homeView } from './views/home-view.ts';

const MOST_BYTES = 16 * 1024;

/** The servers of which this person may use anything. */
function serversOf(kit: PageKit, { user }: SignedIn): readonly string[] {
  return permittedServers(kit.live.current(), user.id).map(({ name }) => name);
}

async function home(context: PageContext, kit: PageKit): Promise<Response> {
  const signedIn = await kit.sessions.read(context.req.header('cookie'));
  if (!signedIn) return goTo(context, (await kit.setup.isWaiting()) ? '/setup' : '/login');
  const { user, formToken } = signedIn;
  const origin = asAsked(kit.origin(), context.req.header('host'));
  const servers = serversOf(kit, signedIn);
  const isAdmin = user.role === 'admin';
  return show(context, { origin: kit.origin(), status: 200 }, nonce =>
    homeView({ nonce, formToken, name: user.name, isAdmin, origin, servers }),
  );
}

function fail(context: PageContext, kit: PageKit, thrown: unknown): Promise<Response> {
  const fault = toFault(thrown);
  const { retryAfterMs } = fault.data ?? {};
  if (retryAfterMs !== undefined) context.header('Retry-After', `${Math.ceil(retryAfterMs / 1000)}`);
  return say(context, { origin: kit.origin(), status: fault.status }, [
    'That did not work',
    `${fault.message}.`,
  ]);
}

/** The server-rendered pages: `/setup`, `/login`, `/logout`, `/admin`, and the answer to what is nowhere. Needs the bindings of `@hono/node-server`. */
export function createPages(deps: PagesDeps): Hono<PageEnv> {
  const kit: PageKit = { ...deps, guard: createFormGuard(deps.master, deps.origin) };
  const app = new Hono<PageEnv>();
  app.onError((thrown, context) => fail(context, kit, thrown));
  const onError = (context: PageContext) => fail(context, kit, new Fault('too_large'));
  for (const path of ['/setup', '/login', '/logout', ...linkPaths])
    app.use(path, bodyLimit({ maxSize: MOST_BYTES, onError }));
  addSetupPage(app, kit);
  addLoginPage(app, kit);
  addLinkPages(app, kit);
  app.get('/admin', context => home(context, kit));
  app.get('/admin/login', context => goTo(context, '/login'));
  addElsewhere(app, kit);
  return app;
}

import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { Fault, toFault } from '../base/index.ts';
import { createFormGuard, goTo, type PageContext, type PageEnv, say } from '../pages/index.ts';
import { createAppFiles } from './app/app-files.ts';
import { addAppPage, addLostPage } from './app/app-page.ts';
import { addElsewhere } from './elsewhere.ts';
import { addLinkPages, linkPaths } from './link-page.ts';
import { addLoginPage } from './login-page.ts';
import type { PageKit, PagesDeps } from './page-kit.ts';
import { addSetupPage } from './setup-page.ts';

const MOST_BYTES = 16 * 1024;

function fail(context: PageContext, kit: PageKit, thrown: unknown): Promise<Response> {
  const fault = toFault(thrown);
  const { retryAfterMs } = fault.data ?? {};
  if (retryAfterMs !== undefined) context.header('Retry-After', `${Math.ceil(retryAfterMs / 1000)}`);
  return say(context, { origin: kit.origin(), status: fault.status }, [
    'That did not work',
    `${fault.message}.`,
  ]);
}

/** The server-rendered pages: `/setup`, `/login`, `/logout`, the document of `/admin` and `/account`, and the answer to what is nowhere. Needs the bindings of `@hono/node-server`. */
export function createPages(deps: PagesDeps): Hono<PageEnv> {
  const kit: PageKit = { ...deps, guard: createFormGuard(deps.master, deps.origin) };
  const files = createAppFiles();
  const app = new Hono<PageEnv>();
  app.onError((thrown, context) => fail(context, kit, thrown));
  const onError = (context: PageContext) => fail(context, kit, new Fault('too_large'));
  for (const path of ['/setup', '/login', '/logout', ...linkPaths])
    app.use(path, bodyLimit({ maxSize: MOST_BYTES, onError }));
  addSetupPage(app, kit);
  addLoginPage(app, kit);
  addLinkPages(app, kit);
  addAppPage(app, kit, files);
  app.get('/admin/login', context => goTo(context, '/login'));
  addElsewhere(app, kit);
  addLostPage(app, kit, files);
  return app;
}

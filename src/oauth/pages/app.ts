import { Hono } from 'hono';
import { toFault } from '../../base/index.ts';
import { type PageContext, type PageEnv, say } from '../../pages/index.ts';
import { addDevicePage } from './device-page.ts';
import { addInteractionPage } from './interaction-page.ts';
import type { Kit } from './kit.ts';
import { addProgramsPage } from './programs-page.ts';

/** The pages of the authorization server. Needs the bindings of `@hono/node-server`. */
export function createOAuthPages(kit: Kit): Hono<PageEnv> {
  const app = new Hono<PageEnv>();
  const fail = (context: PageContext, thrown: unknown) => {
    const { status, message } = toFault(thrown);
    return say(context, { origin: kit.origin(), status }, ['That did not work', `${message}.`]);
  };
  app.onError((thrown, context) => fail(context, thrown));
  app.notFound(context =>
    say(context, { origin: kit.origin(), status: 404 }, [
      'Nothing is here',
      'There is nothing at this address.',
    ]),
  );
  addInteractionPage(app, kit);
  addDevicePage(app, kit);
  addProgramsPage(app, kit);
  return app;
}

const PAGES = /^(\/oauth\/interaction\/[^/]+|\/device|\/account\/programs)$/;

export function isOAuthPage(path: string): boolean {
  return PAGES.test(path);
}

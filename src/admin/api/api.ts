import { Hono } from 'hono';
import { Fault, toFault } from '../../base/index.ts';
import type { PageContext, PageEnv } from '../../pages/index.ts';
import { actorOf, refuseApi, type Trail } from './access.ts';
import type { ApiKit } from './kit.ts';
import { noteDenied, noteRefused } from './note-refused.ts';
import { type Asker, type Operation, wrong } from './operation.ts';

/** A body that is there must be JSON, whatever its type says: the reference's own curl sends it as a form. */
async function bodyOf(context: PageContext): Promise<unknown> {
  const text = await context.req.text();
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw wrong('body', 'is not JSON');
  }
}

function queryOf(context: PageContext): unknown {
  const all = new URL(context.req.url).searchParams;
  for (const name of all.keys())
    if (all.getAll(name).length > 1) throw wrong(name, 'is given more than once');
  return Object.fromEntries(all);
}

async function answer(
  context: PageContext,
  kit: ApiKit,
  { operation, trail }: { readonly operation: Operation; readonly trail: Trail },
): Promise<Response> {
  const actor = await actorOf(context, kit, operation.access, trail);
  const given = {
    params: context.req.param(),
    query: queryOf(context),
    body: operation.body === undefined ? undefined : await bodyOf(context),
  };
  const address = kit.addressOf(context.env.incoming);
  const userAgent = context.req.header('user-agent')?.slice(0, 256);
  const cookies = context.req.header('cookie');
  const setCookie = (cookie: string) => context.header('Set-Cookie', cookie, { append: true });
  const asker: Asker = {
    ...{ actor, address, userAgent, cookies, setCookie },
    header: name => context.req.header(name),
    mayStill: () =>
      actorOf(context, kit, operation.access).then(
        () => true,
        () => false,
      ),
  };
  const said = await operation.run(kit, asker, given);
  // Whoever changed something finds it changed.
  if (operation.method !== 'get') await kit.live.refresh();
  if (said instanceof Response) return said;
  if (said === undefined) return context.body(null, 204);
  return context.json(said as object, (operation.status ?? 200) as 200);
}

function fail(context: PageContext, kit: ApiKit, thrown: unknown): Response {
  const fault = toFault(thrown);
  if (fault.fault === 'internal') kit.onDefect(thrown, context.env.requestId);
  noteRefused(context, kit, fault);
  return refuseApi(context, thrown, kit.origin());
}

/** One request of an operation; whoever may not have it is told, and noted. */
async function serve(context: PageContext, kit: ApiKit, operation: Operation): Promise<Response> {
  const trail: Trail = {};
  try {
    return await answer(context, kit, { operation, trail });
  } catch (thrown) {
    const { principal } = trail;
    const { id, access } = operation;
    if (principal !== undefined && toFault(thrown).fault === 'insufficient_scope')
      noteDenied(context, kit, { principal, needs: access, operation: id });
    throw thrown;
  }
}

/** Whether an operation has this path, whatever its method. */
function isAt({ path }: Operation, asked: string): boolean {
  const [parts, given] = [path.split('/'), asked.split('/')];
  return (
    parts.length === given.length &&
    parts.every((part, at) => (part.startsWith(':') ? given[at] !== '' : part === given[at]))
  );
}

/** The JSON API as an application: one route per operation. */
export function createApi(operations: readonly Operation[], kit: ApiKit): Hono<PageEnv> {
  const app = new Hono<PageEnv>();
  app.onError((thrown, context) => fail(context, kit, thrown));
  app.use(async (context, next) => {
    await next();
    context.header('Cache-Control', 'no-store');
    context.header('X-Content-Type-Options', 'nosniff');
  });
  for (const one of operations)
    app.on(one.method.toUpperCase(), one.path, context => serve(context, kit, one));
  app.notFound(context => {
    const allowed = operations
      .filter(one => isAt(one, context.req.path))
      .map(one => one.method.toUpperCase());
    if (allowed.length === 0) return fail(context, kit, new Fault('not_found'));
    context.header('Allow', allowed.join(', '));
    return fail(context, kit, new Fault('method_not_allowed'));
  });
  return app;
}

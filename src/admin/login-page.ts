import type { Hono } from 'hono';
import { Fault, Secret } from '../base/index.ts';
import {
  goTo,
  isSameOrigin,
  loginView,
  type PageContext,
  type PageEnv,
  readForm,
  say,
  show,
} from '../pages/index.ts';
import type { User } from '../store/index.ts';
import { beginSession, type PageKit } from './page-kit.ts';

type Problem = { readonly status: number; readonly wrong: readonly string[] };

/** Pages to which a person may be on the way: own paths only, so that a link leads nowhere else. */
const NEXT =
  /^\/((device|account\/programs)(\?user_code=[A-Za-z]{4}-?[A-Za-z]{4})?|connect\/[\w.-]{1,1024}|(admin|account)(\/[\w~][\w.~-]{0,199}){0,3}(\?[\w.~%&=+:-]{0,1024})?)$/;

function nextOf(context: PageContext): string {
  const next = context.req.query('next') ?? '';
  return NEXT.test(next) ? next : '/admin';
}

/** The pages of administration are nobody's way but of those who have them. */
function wayOf(context: PageContext, { role }: Pick<User, 'role'>): string {
  const next = nextOf(context);
  return next === '/admin' && role === 'user' ? '/account' : next;
}

function actionOf(context: PageContext): string {
  const next = nextOf(context);
  return next === '/admin' ? '/login' : `/login?next=${encodeURIComponent(next)}`;
}

function ask(
  context: PageContext,
  kit: PageKit,
  { status, wrong }: Problem,
  name: string,
): Promise<Response> {
  const { field, cookie } = kit.guard.issue();
  context.header('Set-Cookie', cookie);
  return show(context, { origin: kit.origin(), status }, nonce =>
    loginView({ nonce, action: actionOf(context), formToken: field, name, wrong }),
  );
}

/** What the throttle or the queue of hashes said, as a sentence. */
function problemOf(thrown: unknown): {
  readonly status: number;
  readonly wrong: readonly string[];
  readonly after: number;
} {
  if (!(thrown instanceof Fault) || thrown.data?.retryAfterMs === undefined) throw thrown;
  const after = Math.ceil(thrown.data.retryAfterMs / 1000);
  return { status: thrown.status, wrong: [`Too many attempts. Try again in ${after} s.`], after };
}

async function submit(context: PageContext, kit: PageKit): Promise<Response> {
  const form = await readForm(context);
  const name = (form.get('name') ?? '').trim().slice(0, 256);
  if (!kit.guard.isOurs(context, form)) {
    return ask(
      context,
      kit,
      { status: 403, wrong: ['The form was too old, or cookies are blocked. Send it again.'] },
      name,
    );
  }
  const password = new Secret(form.get('password') ?? '');
  const address = kit.addressOf(context.env.incoming);
  try {
    const cookies = context.req.header('cookie');
    const userAgent = context.req.header('user-agent');
    const user = await kit.checkPassword({ name, password, address, cookies, userAgent, door: 'page' });
    if (!user) return ask(context, kit, { status: 401, wrong: ['User name or password is wrong.'] }, name);
    await beginSession(context, kit, user);
    return goTo(context, wayOf(context, user));
  } catch (thrown) {
    const problem = problemOf(thrown);
    context.header('Retry-After', `${problem.after}`);
    return ask(context, kit, problem, name);
  }
}

/** Ending a session needs a form of that session: a link or another site cannot do it. */
async function signOut(context: PageContext, kit: PageKit): Promise<Response> {
  const form = await readForm(context);
  const cookies = context.req.header('cookie');
  const signedIn = await kit.sessions.read(cookies);
  if (!signedIn) return goTo(context, '/login');
  const isOurs =
    isSameOrigin(context, kit.origin()) && kit.sessions.isFormToken(signedIn, form.get('form') ?? '');
  if (!isOurs)
    return say(context, { origin: kit.origin(), status: 403 }, [
      'Not signed out',
      'That was not sent by a page of this gateway.',
    ]);
  context.header('Set-Cookie', await kit.sessions.end(cookies));
  const { id, name } = signedIn.user;
  kit.ledger?.signIn({
    ...{ type: 'logout', isOk: true, principal: id, userName: name, detail: 'page' },
    ...{ address: kit.addressOf(context.env.incoming), userAgent: context.req.header('user-agent') },
  });
  return goTo(context, '/login');
}

/** `/login` and `/logout`. */
export function addLoginPage(app: Hono<PageEnv>, kit: PageKit): void {
  app.get('/login', async context => {
    if (await kit.setup.isWaiting()) return goTo(context, '/setup');
    const signedIn = await kit.sessions.read(context.req.header('cookie'));
    return signedIn
      ? goTo(context, wayOf(context, signedIn.user))
      : ask(context, kit, { status: 200, wrong: [] }, '');
  });
  app.post('/login', context => submit(context, kit));
  app.post('/logout', context => signOut(context, kit));
}

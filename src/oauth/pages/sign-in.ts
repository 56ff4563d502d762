import { Fault, Secret } from '../../base/index.ts';
import { goTo, loginView, type PageContext, show } from '../../pages/index.ts';
import { type Kit, noteRefused } from './kit.ts';

export type Place = {
  readonly action: string;
  readonly formTarget: string;
  readonly why: string;
  readonly onSignedIn: () => Promise<void>;
};
type Problem = { readonly status: number; readonly wrong: readonly string[]; readonly name: string };

export function askToSignIn(
  context: PageContext,
  kit: Kit,
  place: Place,
  problem: Problem,
): Promise<Response> {
  const { field, cookie } = kit.guard.issue();
  const { action, formTarget, why } = place;
  context.header('Set-Cookie', cookie, { append: true });
  return show(context, { origin: kit.origin(), status: problem.status, formTarget }, nonce =>
    loginView({ nonce, action, why, formToken: field, name: problem.name, wrong: problem.wrong }),
  );
}

/** The password in the middle of an authorization: right, it goes on to the decision. */
export async function signIn(
  context: PageContext,
  kit: Kit,
  place: Place,
  form: URLSearchParams,
): Promise<Response> {
  const name = (form.get('name') ?? '').trim().slice(0, 256);
  const again = (status: number, wrong: string) =>
    askToSignIn(context, kit, place, { status, wrong: [wrong], name });
  if (!kit.guard.isOurs(context, form)) {
    noteRefused(context, kit, { at: 'sign-in', error: 'foreign_form' });
    return again(403, 'The form was too old, or cookies are blocked. Send it again.');
  }
  const password = new Secret(form.get('password') ?? '');
  try {
    const cookies = context.req.header('cookie');
    const address = kit.addressOf(context.env.incoming);
    const userAgent = context.req.header('user-agent');
    const attempt = { name, password, address, cookies, userAgent, door: 'authorization' };
    const user = await kit.checkPassword(attempt);
    if (!user) return await again(401, 'User name or password is wrong.');
    const given = await kit.sessions.begin(user, { cookies, address, userAgent });
    await place.onSignedIn();
    for (const cookie of given) context.header('Set-Cookie', cookie, { append: true });
    return goTo(context, place.action);
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.data?.retryAfterMs === undefined) throw thrown;
    const after = Math.ceil(thrown.data.retryAfterMs / 1000);
    context.header('Retry-After', `${after}`);
    return again(thrown.status, `Too many attempts. Try again in ${after} s.`);
  }
}

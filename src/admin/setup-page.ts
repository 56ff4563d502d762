import type { Hono } from 'hono';
import { html } from 'hono/html';
import { z } from 'zod';
import { brokenRules, USER_NAME } from '../auth/index.ts';
import { Secret } from '../base/index.ts';
import { goTo, type PageContext, type PageEnv, readForm, say, show } from '../pages/index.ts';
import { beginSession, type PageKit, passwordRules } from './page-kit.ts';
import { type SetupValues, setupView } from './views/setup-view.ts';

type Problem = { readonly status: number; readonly wrong: readonly string[] };

const REFUSED = {
  wrong_token: {
    status: 403,
    wrong: ['This token is not valid any more. Make a new link: npx authmcp-gateway setup-link'],
  },
  too_many: { status: 429, wrong: ['Too many wrong tokens. Wait a few minutes, then try again.'] },
  name_taken: { status: 409, wrong: ['This user name or e-mail is taken. Choose another one.'] },
} as const satisfies Record<string, Problem>;

function valuesOf(form: URLSearchParams): SetupValues {
  const field = (name: string) => (form.get(name) ?? '').trim();
  return { token: field('token'), name: field('name'), email: field('email') };
}

/** Everything that can be said before the token is spent. */
function lacksOf(kit: PageKit, { name, email }: SetupValues, password: Secret): readonly string[] {
  const broken = brokenRules(password, kit.passwordPolicy?.());
  const checks: readonly (readonly [boolean, string])[] = [
    [USER_NAME.test(name), 'The user name needs 3 to 50 letters, digits, dots, hyphens or underscores.'],
    [broken.length === 0, `The password needs ${broken.join(', ')}.`],
    [email === '' || z.email().safeParse(email).success, 'The e-mail address is not complete.'],
  ];
  return checks.filter(([isFine]) => !isFine).map(([, sentence]) => sentence);
}

function ask(context: PageContext, kit: PageKit, problem: Problem, values: SetupValues): Promise<Response> {
  const { field, cookie } = kit.guard.issue();
  context.header('Set-Cookie', cookie);
  return show(context, { origin: kit.origin(), status: problem.status }, nonce =>
    setupView({ nonce, formToken: field, values, rules: passwordRules(kit), wrong: problem.wrong }),
  );
}

function isOver(context: PageContext, kit: PageKit): Promise<Response> {
  const sentence = html`This gateway has an administrator already. <a href="/login">Sign in</a>`;
  return say(context, { origin: kit.origin(), status: 410 }, ['The setup is done', sentence]);
}

async function create(
  context: PageContext,
  kit: PageKit,
  values: SetupValues,
  password: Secret,
): Promise<Response> {
  const describe = async () => ({
    name: values.name,
    email: values.email === '' ? undefined : values.email,
    passwordHash: await kit.passwords.hash(password),
  });
  const address = kit.addressOf(context.env.incoming);
  const outcome = await kit.setup.createAdmin(new Secret(values.token), describe, address);
  if (outcome === 'exists') return isOver(context, kit);
  if (typeof outcome === 'string') return ask(context, kit, REFUSED[outcome], values);
  await kit.live.refresh();
  await beginSession(context, kit, outcome);
  return goTo(context, '/admin/setup');
}

async function submit(context: PageContext, kit: PageKit): Promise<Response> {
  const form = await readForm(context);
  const values = valuesOf(form);
  if (!kit.guard.isOurs(context, form)) {
    return ask(
      context,
      kit,
      { status: 403, wrong: ['The form was too old, or cookies are blocked. Send it again.'] },
      values,
    );
  }
  const password = new Secret(form.get('password') ?? '');
  const wrong = lacksOf(kit, values, password);
  if (wrong.length > 0) return ask(context, kit, { status: 400, wrong }, values);
  return create(context, kit, values, password);
}

/** `/setup`: there while no administrator is. */
export function addSetupPage(app: Hono<PageEnv>, kit: PageKit): void {
  const whileWaiting = async (context: PageContext, work: () => Promise<Response>) =>
    (await kit.setup.isWaiting()) ? work() : isOver(context, kit);
  app.get('/setup', context =>
    whileWaiting(context, () =>
      ask(context, kit, { status: 200, wrong: [] }, { token: '', name: '', email: '' }),
    ),
  );
  app.post('/setup', context => whileWaiting(context, () => submit(context, kit)));
}

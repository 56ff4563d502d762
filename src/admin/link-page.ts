import type { Hono } from 'hono';
import { z } from 'zod';
import { brokenRules, type LinkRefusal, USER_NAME } from '../auth/index.ts';
import { Secret } from '../base/index.ts';
import { goTo, type PageContext, type PageEnv, readForm, show } from '../pages/index.ts';
import type { User } from '../store/index.ts';
import { beginSession, type PageKit, passwordRules } from './page-kit.ts';
import { type LinkValues, type LinkWords, linkView } from './views/link-view.ts';

type Problem = { readonly status: number; readonly wrong: readonly string[] };
type Outcome = User | LinkRefusal | 'name_taken' | 'email_taken';

type Page = LinkWords & {
  accept(kit: PageKit, values: LinkValues, given: Given): Promise<Outcome>;
};
type Given = { readonly password: Secret; readonly address: string };

const TAKEN = { status: 409, wrong: ['This user name or e-mail is taken. Choose another one.'] };

const REFUSED = {
  wrong_token: {
    status: 403,
    wrong: ['This token is not valid any more. Ask an administrator for a new link.'],
  },
  too_many: { status: 429, wrong: ['Too many wrong tokens. Wait a few minutes, then try again.'] },
  name_taken: TAKEN,
  email_taken: TAKEN,
} as const satisfies Record<string, Problem>;

const PAGES: readonly Page[] = [
  {
    path: '/invite',
    title: 'You are invited',
    says: 'Choose a name and a password. The link works once; afterwards you are signed in.',
    button: 'Make my account',
    asksWho: true,
    accept: (kit, { token, name, email, fullName }, { password, address }) =>
      kit.links.accept(
        new Secret(token),
        async () => ({
          name,
          email: email || undefined,
          fullName: fullName || undefined,
          passwordHash: await kit.passwords.hash(password),
        }),
        address,
      ),
  },
  {
    path: '/reset',
    title: 'Choose a new password',
    says: 'The link works once. Whatever you are signed in by ends, and you are signed in here.',
    button: 'Change my password',
    asksWho: false,
    accept: (kit, { token }, { password, address }) =>
      kit.links.redeem(new Secret(token), () => kit.passwords.hash(password), address),
  },
];

const EMPTY: LinkValues = { token: '', name: '', email: '', fullName: '' };

function valuesOf(form: URLSearchParams): LinkValues {
  const field = (name: string) => (form.get(name) ?? '').trim();
  return { token: field('token'), name: field('name'), email: field('email'), fullName: field('full_name') };
}

/** Everything that can be said before the token is looked at. */
function lacksOf(kit: PageKit, page: Page, values: LinkValues, password: Secret): readonly string[] {
  const broken = brokenRules(password, kit.passwordPolicy?.());
  const { name, email, fullName } = values;
  const isSeen = fullName.length <= 200 && !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(fullName);
  const ofWho: readonly (readonly [boolean, string])[] = [
    [USER_NAME.test(name), 'The user name needs 3 to 50 letters, digits, dots, hyphens or underscores.'],
    [email === '' || z.email().max(254).safeParse(email).success, 'The e-mail address is not complete.'],
    [isSeen, 'The full name has characters that cannot be seen.'],
  ];
  const checks: readonly (readonly [boolean, string])[] = [
    ...(page.asksWho ? ofWho : []),
    [broken.length === 0, `The password needs ${broken.join(', ')}.`],
  ];
  return checks.filter(([isFine]) => !isFine).map(([, sentence]) => sentence);
}

function ask(
  context: PageContext,
  kit: PageKit,
  words: Page,
  { status, wrong, values }: Problem & { readonly values: LinkValues },
): Promise<Response> {
  const { field, cookie } = kit.guard.issue();
  context.header('Set-Cookie', cookie);
  return show(context, { origin: kit.origin(), status }, nonce =>
    linkView({ nonce, words, formToken: field, values, rules: passwordRules(kit), wrong }),
  );
}

async function submit(context: PageContext, kit: PageKit, page: Page): Promise<Response> {
  const form = await readForm(context);
  const values = valuesOf(form);
  const again = (status: number, wrong: readonly string[]) =>
    ask(context, kit, page, { status, wrong, values });
  if (!kit.guard.isOurs(context, form))
    return again(403, ['The form was too old, or cookies are blocked. Send it again.']);
  const password = new Secret(form.get('password') ?? '');
  const lacks = lacksOf(kit, page, values, password);
  if (lacks.length > 0) return again(400, lacks);
  const address = kit.addressOf(context.env.incoming);
  const outcome = await page.accept(kit, values, { password, address });
  if (typeof outcome === 'string') return again(REFUSED[outcome].status, REFUSED[outcome].wrong);
  await kit.live.refresh();
  await beginSession(context, kit, outcome);
  return goTo(context, '/admin');
}

/** Where each page of a link is. */
export const linkPaths: readonly string[] = PAGES.map(({ path }) => path);

/** `/invite` and `/reset`. */
export function addLinkPages(app: Hono<PageEnv>, kit: PageKit): void {
  for (const page of PAGES) {
    app.get(page.path, context => ask(context, kit, page, { status: 200, wrong: [], values: EMPTY }));
    app.post(page.path, context => submit(context, kit, page));
  }
}

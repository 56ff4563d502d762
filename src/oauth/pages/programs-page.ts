import type { Hono } from 'hono';
import { html } from 'hono/html';
import type { SignedIn } from '../../auth/index.ts';
import { printable, uuidv7 } from '../../base/index.ts';
import {
  goTo,
  type Html,
  isSameOrigin,
  layout,
  type PageContext,
  type PageEnv,
  readForm,
  say,
  show,
} from '../../pages/index.ts';
import { cleanName } from './client-face.ts';
import { type Kit, noteRefused } from './kit.ts';

const PATH = '/account/programs';

type Program = {
  readonly id: string;
  readonly name: string;
  readonly since: number;
  readonly signIns: number;
};

/** Every client that this person agreed to or that is signed in as them. */
async function programsOf(kit: Kit, { user }: SignedIn): Promise<readonly Program[]> {
  const { oauth } = kit.store;
  const whose = { userId: user.id };
  const [consents, grants] = await Promise.all([oauth.listConsents(whose), oauth.listGrants(whose)]);
  const ids = new Set([...consents, ...grants].map(one => one.clientId));
  const clients = await Promise.all([...ids].map(async id => [id, await oauth.client(id)] as const));
  return clients.map(([id, client]) => ({
    id,
    name: cleanName(client?.name ?? '') || printable(id),
    since: Math.min(...[...consents, ...grants].filter(one => one.clientId === id).map(one => one.createdAt)),
    signIns: grants.filter(grant => grant.clientId === id).length,
  }));
}

function row({ id, name, since, signIns }: Program, formToken: string): Html {
  return html`<li class="card"><form method="post" action="${PATH}">
<input type="hidden" name="form" value="${formToken}"><input type="hidden" name="client" value="${id}">
<p><strong>${name}</strong><br><span class="soft">since ${new Date(since).toISOString().slice(0, 10)} ·
${signIns} sign-in${signIns === 1 ? '' : 's'}</span></p>
<button class="quiet" type="submit" name="go" value="withdraw">Withdraw</button></form></li>`;
}

function view(nonce: string, formToken: string, programs: readonly Program[]): Html {
  const body =
    programs.length === 0
      ? html`<p class="soft">No program is connected as you.</p>`
      : html`<ul class="plain">${programs.map(program => row(program, formToken))}</ul>`;
  return layout(
    { title: 'Programs', nonce, isWide: true },
    html`<p class="name">AuthMCP Gateway</p><h1>Programs that may use this gateway as you</h1>
<p class="soft">Withdrawing signs a program out at once; it asks again when it comes back.</p>${body}
<p><a href="/admin">Back</a></p>`,
  );
}

/** `/account/programs`: what one agreed to, and the way to take it back. */
export function addProgramsPage(app: Hono<PageEnv>, kit: Kit): void {
  const signedInOr = async (context: PageContext, work: (signedIn: SignedIn) => Promise<Response>) => {
    const signedIn = await kit.sessions.read(context.req.header('cookie'));
    return signedIn ? work(signedIn) : goTo(context, `/login?next=${encodeURIComponent(PATH)}`);
  };
  app.get(PATH, context =>
    signedInOr(context, async signedIn => {
      const programs = await programsOf(kit, signedIn);
      return show(context, { origin: kit.origin(), status: 200 }, nonce =>
        view(nonce, signedIn.formToken, programs),
      );
    }),
  );
  app.post(PATH, context =>
    signedInOr(context, async signedIn => {
      const form = await readForm(context);
      const isOurs =
        isSameOrigin(context, kit.origin()) && kit.sessions.isFormToken(signedIn, form.get('form') ?? '');
      if (!isOurs) {
        noteRefused(context, kit, { at: PATH, error: 'foreign_form', principal: signedIn.user.id });
        return say(context, { origin: kit.origin(), status: 403 }, [
          'Nothing was changed',
          'That was not sent by a page of this gateway.',
        ]);
      }
      const clientId = form.get('client') ?? '';
      if (!(await kit.store.oauth.withdrawConsent(signedIn.user.id, clientId))) return goTo(context, PATH);
      await kit.live.refresh();
      const now = kit.clock.now();
      const address = kit.addressOf(context.env.incoming);
      const audit = {
        actor: `user:${signedIn.user.name}`,
        address,
        action: 'consent.withdraw',
        target: clientId,
      };
      await kit.store.addAudit({ id: uuidv7(now), at: now, ...audit, before: undefined, after: undefined });
      return goTo(context, PATH);
    }),
  );
}

import { html, raw } from 'hono/html';
import { type Html, layout, problems } from '../../pages/index.ts';

export type LinkValues = {
  readonly token: string;
  readonly name: string;
  readonly email: string;
  readonly fullName: string;
};

/** What a page of a link says, and whether it asks who somebody is. */
export type LinkWords = {
  readonly path: string;
  readonly title: string;
  readonly says: string;
  readonly button: string;
  readonly asksWho: boolean;
};

type LinkView = {
  readonly nonce: string;
  readonly words: LinkWords;
  readonly formToken: string;
  readonly values: LinkValues;
  readonly rules: string;
  readonly wrong: readonly string[];
};

/** The token stands behind the # of the link, which no server sees: only a script can bring it into the form. */
export const FILL = `
const field = document.getElementById('token');
const given = decodeURIComponent(location.hash.slice(1));
if (given !== '') {
  field.value = given;
  history.replaceState(null, '', location.pathname);
  (document.getElementById('name') ?? document.getElementById('password')).focus();
}
`;

function who({ name, email, fullName }: LinkValues): Html {
  return html`<div class="field"><label for="name">User name</label>
<input id="name" name="name" value="${name}" required autocomplete="username" autocapitalize="none"
 spellcheck="false" maxlength="50"></div>
<div class="field"><label for="full_name">Full name <span class="soft">(optional)</span></label>
<input id="full_name" name="full_name" value="${fullName}" autocomplete="name" maxlength="200"></div>
<div class="field"><label for="email">E-mail <span class="soft">(optional)</span></label>
<input id="email" name="email" type="email" value="${email}" autocomplete="email"></div>`;
}

/** The form to which an invitation or a link to a new password leads. */
export function linkView({ nonce, words, formToken, values, rules, wrong }: LinkView): Html {
  return layout(
    { title: words.title, nonce },
    html`<p class="name">AuthMCP Gateway</p>
<h1>${words.title}</h1>
<p class="soft">${words.says}</p>
${problems(wrong)}
<form class="card" method="post" action="${words.path}">
<input type="hidden" name="form" value="${formToken}">
<div class="field"><label for="token">Token of the link</label>
<input class="token" id="token" name="token" value="${values.token}" required autocomplete="off" spellcheck="false"
 autocapitalize="characters" aria-describedby="token-hint">
<p class="hint" id="token-hint">It stands behind the # of the link that you were given.</p></div>
${words.asksWho ? who(values) : ''}
<div class="field"><label for="password">Password</label>
<input id="password" name="password" type="password" required autocomplete="new-password"
 aria-describedby="password-hint"><p class="hint" id="password-hint">${rules}</p></div>
<button type="submit">${words.button}</button></form>
<script nonce="${nonce}">${raw(FILL)}</script>`,
  );
}

import { html, raw } from 'hono/html';
import { type Html, layout, problems } from '../../pages/index.ts';
import { FILL } from './link-view.ts';

export type SetupValues = { readonly token: string; readonly name: string; readonly email: string };

type SetupView = {
  readonly nonce: string;
  readonly formToken: string;
  readonly values: SetupValues;
  readonly rules: string;
  readonly wrong: readonly string[];
};

function fields({ formToken, values, rules }: SetupView): Html {
  return html`<input type="hidden" name="form" value="${formToken}">
<div class="field"><label for="token">Setup token</label>
<input class="token" id="token" name="token" value="${values.token}" required autocomplete="off" spellcheck="false"
 autocapitalize="characters" aria-describedby="token-hint">
<p class="hint" id="token-hint">It stands in the terminal, behind the # of the link. A new one:
<code>npx authmcp-gateway setup-link</code></p></div>
<div class="field"><label for="name">User name</label>
<input id="name" name="name" value="${values.name}" required autocomplete="username" autocapitalize="none"
 spellcheck="false" maxlength="50"></div>
<div class="field"><label for="password">Password</label>
<input id="password" name="password" type="password" required autocomplete="new-password"
 aria-describedby="password-hint"><p class="hint" id="password-hint">${rules}</p></div>
<div class="field"><label for="email">E-mail <span class="soft">(optional)</span></label>
<input id="email" name="email" type="email" value="${values.email}" autocomplete="email"></div>
<button type="submit">Make me the administrator</button>`;
}

/** The form that makes the first administrator. */
export function setupView(view: SetupView): Html {
  return layout(
    { title: 'Make yourself the administrator', nonce: view.nonce },
    html`<p class="name">AuthMCP Gateway</p>
<h1>Make yourself the administrator</h1>
<p class="soft">This page works once, until there is one. Afterwards you are signed in.</p>
${problems(view.wrong)}
<form class="card" method="post" action="/setup">${fields(view)}</form>
<script nonce="${view.nonce}">${raw(FILL)}</script>`,
  );
}

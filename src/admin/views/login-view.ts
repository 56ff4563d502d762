import { html } from 'hono/html';
import { type Html, layout, problems } from './layout.ts';

type LoginView = {
  readonly nonce: string;
  readonly formToken: string;
  readonly name: string;
  readonly wrong: readonly string[];
};

/** Sign in with name and password. */
export function loginView({ nonce, formToken, name, wrong }: LoginView): Html {
  return layout(
    { title: 'Sign in', nonce },
    html`<p class="name">AuthMCP Gateway</p>
<h1>Sign in</h1>
${problems(wrong)}
<form class="card" method="post" action="/login">
<input type="hidden" name="form" value="${formToken}">
<div class="field"><label for="name">User name</label>
<input id="name" name="name" value="${name}" required autocomplete="username" autocapitalize="none"
 spellcheck="false" maxlength="256"></div>
<div class="field"><label for="password">Password</label>
<input id="password" name="password" type="password" required autocomplete="current-password"></div>
<button type="submit">Sign in</button>
</form>`,
  );
}

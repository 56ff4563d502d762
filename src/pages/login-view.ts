import { html } from 'hono/html';
import { type Html, layout, problems } from './layout.ts';

type LoginView = {
  readonly nonce: string;
  /** Where the form goes. */
  readonly action: string;
  /** What the person signs in for, where it is not this gateway's own pages. */
  readonly why?: string | undefined;
  readonly formToken: string;
  readonly name: string;
  readonly wrong: readonly string[];
};

/** Sign in with name and password. */
export function loginView({ nonce, action, why, formToken, name, wrong }: LoginView): Html {
  return layout(
    { title: 'Sign in', nonce },
    html`<p class="name">AuthMCP Gateway</p>
<h1>Sign in</h1>
${why === undefined ? '' : html`<p class="soft">${why}</p>`}
${problems(wrong)}
<form class="card" method="post" action="${action}">
<input type="hidden" name="form" value="${formToken}">
<div class="field"><label for="name">User name</label>
<input id="name" name="name" value="${name}" required autocomplete="username" autocapitalize="none"
 spellcheck="false" maxlength="256"></div>
<div class="field"><label for="password">Password</label>
<input id="password" name="password" type="password" required autocomplete="current-password"></div>
<button type="submit" name="go" value="yes">Sign in</button>
</form>`,
  );
}

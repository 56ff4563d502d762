import { html } from 'hono/html';
import { type Html, layout } from '../../pages/index.ts';

type ConnectView = {
  readonly nonce: string;
  readonly action: string;
  readonly formToken: string;
  /** What is shown here, sealed: that is what the person agrees to. */
  readonly plan: string;
  readonly person: string;
  readonly title: string;
  readonly issuer: string;
  readonly scopes: readonly string[];
  /** It is there already, and will be another one. */
  readonly isAgain: boolean;
};

const MOST_SCOPES = 50;

/** Names the server, who will be asked, and for what, before anything is sent there. */
export function connectView(view: ConnectView): Html {
  const { nonce, action, formToken, plan, person, title, issuer, scopes, isAgain } = view;
  const { host } = new URL(issuer);
  const asked =
    scopes.length === 0
      ? html`<p>It is asked for whatever it gives without being asked for anything particular.</p>`
      : html`<p>It is asked for:</p><ul>${scopes.slice(0, MOST_SCOPES).map(scope => html`<li><code>${scope}</code></li>`)}</ul>`;
  return layout(
    { title: `Connect ${title}`, nonce },
    html`<p class="name">AuthMCP Gateway</p>
<h1>Connect your account at ${title}</h1>
<p>The gateway will use it for you, <strong>${person}</strong>, when you call ${title}, and for nobody else.</p>
<p class="place">You will sign in at<strong>${host}</strong></p>
${asked}
${isAgain ? html`<p class="soft">You are connected already; this replaces that connection.</p>` : ''}
<form class="card" method="post" action="${action}">
<input type="hidden" name="form" value="${formToken}">
<input type="hidden" name="plan" value="${plan}">
<p class="row"><button type="submit" name="go" value="yes">Go to ${host}</button>
<button class="quiet" type="submit" name="go" value="no">Cancel</button></p>
</form>`,
  );
}

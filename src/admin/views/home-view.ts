import { html } from 'hono/html';
import { type Html, layout } from '../../pages/index.ts';
import type { Way } from '../clients/row.ts';
import { SHELL_TOKEN } from '../clients/snippets.ts';
import { clients, commandOf } from '../clients.ts';

type HomeView = {
  readonly nonce: string;
  readonly formToken: string;
  readonly name: string;
  readonly isAdmin: boolean;
  readonly origin: string;
  readonly servers: readonly string[];
};

/** How the client is connected: by signing in, or with the key that the second step made. */
function commandFor(id: string, way: Way, origin: string): string {
  const client = clients.find(one => one.id === id);
  const place = { url: `${origin}/mcp`, name: 'authmcp', token: SHELL_TOKEN };
  return (client && commandOf(client, way, place)) ?? '';
}

function serversLine(servers: readonly string[]): Html {
  if (servers.length === 0) return html`<p class="soft">No server yet.</p>`;
  return html`<p class="soft">Behind it now: ${servers.join(', ')}</p>`;
}

const PROGRAMS = html`<p><a href="/account/programs">Programs that may use this gateway as you</a></p>`;

function adminSteps({ name, origin, servers }: HomeView): Html {
  return html`<h1>Three commands to the first call</h1>
<p class="soft">Type them where the gateway runs; each takes effect at once.</p>
<h2>1. Put a server behind it</h2>
${serversLine(servers)}
<pre>npx authmcp-gateway server add home http://127.0.0.1:3000/mcp</pre>
<h2>2. Make a token for yourself</h2>
<pre>TOKEN=$(npx authmcp-gateway token create --user ${name} --name laptop)</pre>
<h2>3. Call it</h2>
<pre>${commandFor('curl', 'key', origin)}</pre>
<h2>Or connect a client, which signs you in by the browser</h2>
<pre>${commandFor('claude-code', 'oauth', origin)}</pre>
<pre>${commandFor('codex', 'oauth', origin)}</pre>
${PROGRAMS}`;
}

function userSteps({ origin, servers }: HomeView): Html {
  return html`<h1>You are signed in</h1>
<p>Your MCP client connects to <code>${origin}/mcp</code>, and signs you in by this browser.</p>
${serversLine(servers)}
${PROGRAMS}`;
}

/** Where a signed-in person lands. */
export function homeView(view: HomeView): Html {
  return layout(
    { title: 'Start', nonce: view.nonce, isWide: true },
    html`<div class="head"><p class="name">AuthMCP Gateway</p>
<form method="post" action="/logout"><input type="hidden" name="form" value="${view.formToken}">
<span class="soft">${view.name}</span> <button class="quiet" type="submit">Sign out</button></form></div>
${view.isAdmin ? adminSteps(view) : userSteps(view)}`,
  );
}

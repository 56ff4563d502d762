import { html } from 'hono/html';
import { type Html, layout } from './layout.ts';

type HomeView = {
  readonly nonce: string;
  readonly formToken: string;
  readonly name: string;
  readonly isAdmin: boolean;
  readonly origin: string;
  readonly servers: readonly string[];
};

function callCommand(origin: string): string {
  return [
    `curl -s ${origin}/mcp -H "Authorization: Bearer $TOKEN" \\`,
    `  -H 'Content-Type: application/json' -d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'`,
  ].join('\n');
}

function serversLine(servers: readonly string[]): Html {
  if (servers.length === 0) return html`<p class="soft">No server yet.</p>`;
  return html`<p class="soft">Behind it now: ${servers.join(', ')}</p>`;
}

function adminSteps({ name, origin, servers }: HomeView): Html {
  return html`<h1>Three commands to the first call</h1>
<p class="soft">Type them where the gateway runs; each takes effect at once.</p>
<h2>1. Put a server behind it</h2>
${serversLine(servers)}
<pre>npx authmcp-gateway server add home http://127.0.0.1:3000/mcp</pre>
<h2>2. Make a token for yourself</h2>
<pre>TOKEN=$(npx authmcp-gateway token create --user ${name} --name laptop)</pre>
<h2>3. Call it</h2>
<pre>${callCommand(origin)}</pre>
<h2>Or connect a client</h2>
<pre>claude mcp add --transport http authmcp ${origin}/mcp --header "Authorization: Bearer $TOKEN"</pre>`;
}

function userSteps({ origin, servers }: HomeView): Html {
  return html`<h1>You are signed in</h1>
<p>Your MCP client connects to <code>${origin}/mcp</code>. Ask an administrator for a token.</p>
${serversLine(servers)}`;
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

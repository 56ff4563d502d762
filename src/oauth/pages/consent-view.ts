import { html } from 'hono/html';
import { type Html, layout } from '../../pages/index.ts';
import { SCOPE_WORDS } from '../scopes.ts';
import type { ClientFace } from './client-face.ts';

export type ConsentView = {
  readonly nonce: string;
  readonly action: string;
  readonly formToken: string;
  readonly face: ClientFace;
  readonly person: string;
  readonly scopes: readonly string[];
  /** What it reaches of all that the person may use. */
  readonly servers: readonly string[];
  readonly serverCount: number;
  /** Agreed to before, and asked again because any local program could say that it is this client. */
  readonly isKnown: boolean;
};

const SHOWN_SERVERS = 12;

function serversLine({ servers, serverCount }: ConsentView): Html {
  if (servers.length === 0)
    return html`<li>call tools on servers that you are granted later (none of them today)</li>`;
  const shown = servers.slice(0, SHOWN_SERVERS);
  const rest = servers.length - shown.length;
  const names = shown.map((name, at) => html`${at === 0 ? '' : ', '}<em>${name}</em>`);
  return html`<li>call tools on ${names}${rest > 0 ? html` and ${rest} more` : ''} (${servers.length} of your ${serverCount} server${serverCount === 1 ? '' : 's'})</li>`;
}

function abilities(view: ConsentView): Html {
  const words = view.scopes.map(scope => SCOPE_WORDS[scope]).filter(text => text !== undefined);
  const reaches = view.scopes.some(scope => scope === 'mcp' || scope.startsWith('mcp:'));
  const tools = reaches ? serversLine(view) : html`<li>know that it is you</li>`;
  return html`<p>It will be able to:</p><ul>${tools}${words.map(text => html`<li>${text}</li>`)}</ul>
<p class="soft">It will not see passwords or keys.</p>`;
}

function decision({ action, formToken, isKnown, person }: ConsentView): Html {
  return html`<form class="card" method="post" action="${action}">
<input type="hidden" name="form" value="${formToken}"><input type="hidden" name="step" value="consent">
<p class="check"><label><input type="checkbox" name="remember" value="yes" checked> Remember this, so that I am asked less</label></p>
<p class="row"><button type="submit" name="decision" value="allow">${isKnown ? `Continue as ${person}` : 'Allow'}</button>
<button class="quiet" type="submit" name="decision" value="deny">Deny</button></p>
</form>
<form method="post" action="${action}"><input type="hidden" name="form" value="${formToken}">
<input type="hidden" name="step" value="switch">
<p class="soft">Not you? <button class="link" type="submit" name="go" value="switch">Sign out</button></p></form>`;
}

/** Who asks for what, and where it leads: the one decision of the person. */
export function consentView(view: ConsentView): Html {
  const { face, person, nonce, isKnown } = view;
  return layout(
    { title: `${face.name} asks for access`, nonce },
    html`<p class="name">AuthMCP Gateway</p>
<h1>${face.name}</h1>
<p>wants to use this gateway as <strong>${person}</strong>.${isKnown ? ' You agreed to this before.' : ''}</p>
<p class="soft">${face.standing}</p>
${abilities(view)}
<p>After you agree, the browser goes to</p>
<p class="place"><strong>${face.goesTo}</strong> <span class="soft">${face.goesToWords}</span></p>
${face.warning === undefined ? '' : html`<p class="bad" role="note">${face.warning}</p>`}
${decision(view)}`,
  );
}

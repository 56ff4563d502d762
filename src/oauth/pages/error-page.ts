import { html } from 'hono/html';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { notice, pageHeaders, type Sentence } from '../../pages/index.ts';

export type Wrong = {
  readonly error: string;
  readonly description: string | undefined;
  /** The host of a client's document that gave no answer. */
  readonly unreachable: string | undefined;
  readonly requestId: string;
};

type Said = readonly [title: string, ...sentences: Sentence[]];

const AGAIN = 'Go back to your program and connect again.';

/** By what the provider said; its own words follow, small, for whoever helps. */
const KNOWN: Readonly<Record<string, Said>> = {
  invalid_client: [
    'This gateway does not know the program',
    'It probably remembers an old registration. Remove this gateway from the program and add it again (for Codex: codex mcp logout NAME, for Claude Code: claude mcp logout NAME).',
  ],
  invalid_redirect_uri: [
    'The address to return to is not the one that was registered',
    'Nothing was sent there. If you were led here by a link, close this page.',
  ],
  invalid_request: ['The request is not complete', AGAIN],
  access_denied: ['Nothing was granted', AGAIN],
  not_found: ['Nothing is here', 'There is nothing at this address.'],
};

function said({ error, description, unreachable }: Wrong): Said {
  if (unreachable !== undefined)
    return [
      `${unreachable} could not be reached`,
      html`The program is described by a document at <strong>${unreachable}</strong>, and this gateway got no usable answer there.`,
      'Connect again: programs that can register themselves do so now (for Claude Code: claude mcp logout NAME first, because it keeps that address).',
      'An administrator of a gateway without a way out sets ALLOW_CIMD=off.',
    ];
  if (/session|expired|cookie/i.test(description ?? ''))
    return [
      'This sign-in is not valid any more',
      'It works once, for half an hour, and only in the browser that began it. Cookies must be allowed.',
      AGAIN,
    ];
  return KNOWN[error] ?? ['That did not work', AGAIN];
}

/** A page that a person understands, with an id to copy; answers within the provider. */
export async function renderWrong(context: KoaContextWithOIDC, origin: string, wrong: Wrong): Promise<void> {
  const { nonce, headers } = pageHeaders(origin);
  const [title, ...sentences] = said(wrong);
  const words = [wrong.error, wrong.description].filter(text => text !== undefined).join(': ');
  const small = html`<span class="soft">${words} · request <code>${wrong.requestId}</code></span>`;
  context.set(headers);
  context.type = 'html';
  context.body = String(await notice({ title, nonce }, [...sentences, small]));
}

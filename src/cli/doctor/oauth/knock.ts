import { LATEST_LEGACY } from '../../../mcp/index.ts';
import { type Answer, headerOf } from '../asking.ts';
import { requireSecure, urlOf } from '../documents.ts';
import { type Probe, Stop } from '../hops.ts';
import type { ProblemName } from '../problems.ts';
import { bearerChallenge, type Challenge } from './challenge-header.ts';

/** What the door said of the way in. */
export type Door = {
  /** Where it says that its metadata lies. */
  readonly metadataUrl: URL | undefined;
  /** The scopes that it asks for. */
  readonly scope: string | undefined;
};

/** What a client says first that knows nothing of the server. */
export const HELLO = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: LATEST_LEGACY,
    capabilities: {},
    clientInfo: { name: 'authmcp-gateway-doctor', version: '1' },
  },
} as const;

export const JSON_OR_STREAM = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
} as const;

const CLOSED: Readonly<Record<number, ProblemName>> = {
  301: 'endpoint_moved',
  302: 'endpoint_moved',
  303: 'endpoint_moved',
  307: 'endpoint_moved',
  308: 'endpoint_moved',
  404: 'no_endpoint',
  405: 'no_endpoint',
  410: 'no_endpoint',
  421: 'wrong_host',
};

function closedText({ status, headers }: Answer): string {
  const location = headerOf(headers, 'location');
  return `it answers ${status}${location === undefined ? '' : ` to ${location}`}`;
}

/** Calls without a token, as each client does first, and reads what it is told. */
export async function knock(probe: Probe, url: URL): Promise<Door> {
  await requireSecure(probe, url, 'the endpoint');
  const answer = await probe.ask(url, {
    method: 'POST',
    headers: JSON_OR_STREAM,
    body: JSON.stringify(HELLO),
    rpcId: HELLO.id,
  });
  if (answer.status !== 401) throw new Stop(CLOSED[answer.status] ?? 'no_401', closedText(answer));
  await knockByGet(probe, url);
  const header = headerOf(answer.headers, 'www-authenticate');
  const challenge = bearerChallenge(header);
  if (!challenge) {
    probe.tell('no_challenge', header === undefined ? 'there is no WWW-Authenticate' : header);
    return { metadataUrl: undefined, scope: undefined };
  }
  probe.fact('401 with a Bearer challenge');
  return readDoor(probe, url, challenge);
}

/** The way Codex begins: GET, any type, an old version. */
async function knockByGet(probe: Probe, url: URL): Promise<void> {
  const headers = { accept: '*/*', 'mcp-protocol-version': '2024-11-05' };
  const { status } = await probe.ask(url, { headers });
  if (status !== 401) probe.tell('get_no_401', `it answers ${status}`);
}

function readDoor(probe: Probe, url: URL, challenge: Challenge): Door {
  const scope = challenge.get('scope');
  const named = challenge.get('resource_metadata');
  const metadataUrl = urlOf(named);
  if (scope !== undefined) probe.fact(`scope ${scope}`);
  if (scope?.split(' ').includes('offline_access')) probe.tell('offline_access', 'in the challenge');
  if (named === undefined) probe.tell('challenge_without_metadata');
  else if (!metadataUrl) probe.tell('challenge_bad_url', named);
  else if (metadataUrl.origin !== url.origin) probe.tell('metadata_elsewhere', named);
  else probe.fact('resource_metadata named');
  return { metadataUrl, scope };
}

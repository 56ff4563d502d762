import { type Doc, type Found, findDocument, requireSecure, textIn, textsIn, urlOf } from '../documents.ts';
import { type Probe, Stop } from '../hops.ts';
import type { Door } from './knock.ts';

/** What is to be signed in to, and where. */
export type Resource = {
  /** To be sent as `resource`. */
  readonly id: string;
  /** As written: it is compared byte for byte. */
  readonly issuer: string;
  readonly scopes: readonly string[] | undefined;
};

type Document = Extract<Found, { kind: 'document' }>;

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/** Where clients look: behind the well-known part the path of the endpoint, then nothing (RFC 9728 section 3.1). */
function wellKnownUrls(url: URL): readonly URL[] {
  const path = url.pathname.replace(/\/$/, '');
  const atPath = new URL(`${WELL_KNOWN}${path}${url.search}`, url);
  return path === '' ? [atPath] : [atPath, new URL(WELL_KNOWN, url)];
}

/** The first of the well-known addresses that has a document; the others' answers otherwise. */
async function lookAtWellKnown(probe: Probe, url: URL): Promise<readonly Found[]> {
  const seen: Found[] = [];
  for (const at of wellKnownUrls(url)) {
    const found = await findDocument(probe, at);
    if (found.kind === 'document') return [found];
    seen.push(found);
  }
  return seen;
}

/** Finds the metadata of the endpoint as the challenge names it and as clients guess it, and compares. */
export async function findResource(probe: Probe, url: URL, door: Door): Promise<Resource> {
  const named = door.metadataUrl && (await findDocument(probe, door.metadataUrl));
  const guessed = await lookAtWellKnown(probe, url);
  const all = [...(named ? [named] : []), ...guessed];
  const atName = named?.kind === 'document' ? named : undefined;
  const atWellKnown = guessed.find(found => found.kind === 'document');
  const chosen = atName ?? atWellKnown;
  if (!chosen) throw missing(all);
  if (named && !atName) probe.tell(missing([named]).problem.name, whyOf(named));
  if (!atWellKnown) probe.tell('well_known_missing', all.map(whyOf).filter(Boolean).join('; '));
  else if (atName && differ(atName.doc, atWellKnown.doc)) probe.tell('resource_documents_differ');
  probe.fact(chosen.url.href);
  checkResource(probe, url, chosen);
  return readResource(probe, url, chosen.doc);
}

function whyOf(found: Found): string {
  return found.kind === 'document' ? '' : found.why;
}

function missing(all: readonly Found[]): Stop {
  const isUnreadable = all.some(found => found.kind === 'unreadable');
  const name = isUnreadable ? 'resource_metadata_unreadable' : 'resource_metadata_missing';
  return new Stop(name, all.map(whyOf).join('; '));
}

function differ(a: Doc, b: Doc): boolean {
  return ['resource', 'authorization_servers'].some(
    name => JSON.stringify(a[name]) !== JSON.stringify(b[name]),
  );
}

/** `resource` is the address that was called, and nothing that only means the same (RFC 9728 section 3.3). */
function checkResource(probe: Probe, url: URL, { url: at, doc }: Document): void {
  const resource = textIn(doc, 'resource');
  if (resource === undefined) return probe.tell('resource_missing');
  // A URL without a path has two spellings, and a client may have kept either.
  if (resource === url.href || `${resource}/` === url.href) return probe.fact(`resource ${resource}`);
  const isOfOrigin = at.pathname === WELL_KNOWN && resource.replace(/\/$/, '') === url.origin;
  probe.tell(isOfOrigin ? 'resource_is_origin' : 'resource_mismatch', `${resource} is not ${url.href}`);
}

async function readResource(probe: Probe, url: URL, doc: Doc): Promise<Resource> {
  const servers = textsIn(doc, 'authorization_servers') ?? [];
  const scopes = textsIn(doc, 'scopes_supported');
  const methods = textsIn(doc, 'bearer_methods_supported');
  if (methods && !methods.includes('header')) probe.tell('no_header_tokens', methods.join(' '));
  if (scopes?.includes('offline_access')) probe.tell('offline_access', 'in scopes_supported');
  const [issuer] = servers;
  if (issuer === undefined) throw new Stop('no_authorization_servers');
  const at = urlOf(issuer);
  if (at?.username !== '' || /[?#]/.test(issuer)) throw new Stop('issuer_bad_url', issuer);
  await requireSecure(probe, at, 'the issuer');
  probe.fact(`authorization server ${servers.join(', ')}`);
  return { id: textIn(doc, 'resource') ?? url.href, issuer, scopes };
}

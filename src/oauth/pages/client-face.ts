import { cut } from '../../base/index.ts';
import type { OAuthClient } from '../../store/index.ts';
import { redirectKindOf } from '../request/redirect-uris.ts';

/** How a client is shown to the person who decides about it. */
export type ClientFace = {
  readonly name: string;
  /** Why to believe the name, or that nothing is known. */
  readonly standing: string;
  /** Where the browser goes after the decision: the part of it that matters, to be shown large. */
  readonly goesTo: string;
  readonly goesToWords: string;
  readonly warning: string | undefined;
};

/** Characters that nobody sees or that turn the text around (Unicode Cc, Cf, separators, blanks) are not shown at all. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;
/** Marks that are piled up reach over the lines above and below. */
const PILED = /(\p{M}{2})\p{M}+/gu;

export function cleanName(text: string): string {
  const seen = text.toWellFormed().replace(UNSEEN, '').replace(PILED, '$1');
  return cut(seen.replace(/\s+/g, ' ').trim(), 60);
}

function ago(ms: number): string {
  const units = [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1000, 'second'],
  ] as const;
  for (const [size, unit] of units) {
    const count = Math.floor(ms / size);
    if (count >= 1) return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
  }
  return 'just now';
}

function standingOf(id: string, client: OAuthClient | undefined, now: number): string {
  if (client?.source === 'admin') return 'An administrator of this gateway set it up.';
  if (client?.source === 'dcr' || !URL.canParse(id))
    return `Unverified: it calls itself that; nobody checked${client ? ` (registered ${ago(now - client.createdAt)})` : ''}.`;
  return `Its name comes from ${new URL(id).host}, which describes it.`;
}

type Destination = Pick<ClientFace, 'goesTo' | 'goesToWords'>;

function destinationOf(redirectUri: string): Destination {
  const url = new URL(redirectUri);
  const kind = redirectKindOf(redirectUri);
  if (kind === 'loopback') return { goesTo: url.host, goesToWords: 'a program on this computer' };
  if (kind === 'private-use')
    return { goesTo: url.protocol, goesToWords: 'the program that opens such links on this computer' };
  return { goesTo: url.host, goesToWords: 'a site on the web' };
}

export type Described = {
  readonly id: string;
  readonly name: string | undefined;
  readonly redirectUri: string;
  readonly redirectUris: readonly string[];
};

export function faceOf(described: Described, client: OAuthClient | undefined, now: number): ClientFace {
  const { id, name, redirectUri, redirectUris } = described;
  const host = URL.canParse(id) && client?.source !== 'dcr' ? new URL(id).host : undefined;
  const shown = cleanName(name ?? '') || host || 'A program without a name';
  const isLocalOnly = redirectUris.every(uri => redirectKindOf(uri) !== 'https');
  return {
    name: host === undefined ? shown : `${shown} (${host})`,
    standing: standingOf(id, client, now),
    ...destinationOf(redirectUri),
    // 2026-07-28 authorization, security considerations: any program on the machine can use such a redirect.
    warning: isLocalOnly
      ? 'Any program on this computer could have asked in its name. Go on only if you started this yourself, just now.'
      : undefined,
  };
}

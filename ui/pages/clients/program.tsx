import type { Answer } from '../../api/client.ts';
import { Name } from '../../kit/parts.tsx';
import { State } from '../../kit/state.tsx';
import { spanText } from '../../kit/time.tsx';

export type Program = Answer<'oauth-clients.list'>[number];

function hostOf(uri: string): string {
  try {
    const { protocol, host } = new URL(uri);
    return host === '' ? protocol : host;
  } catch {
    return uri;
  }
}

/** Whose word its name is: a domain's, its own, or an administrator's. */
export function Known({ of: { source, client_id } }: { readonly of: Program }) {
  if (source === 'cimd')
    return (
      <State level="ok">
        verified by <Name>{hostOf(client_id)}</Name>
      </State>
    );
  if (source === 'admin') return <State level="ok">made here</State>;
  return <State level="warn">named itself</State>;
}

export const hostsOf = ({ redirect_uris = [] }: Program) =>
  [...new Set(redirect_uris.map(hostOf))].join(', ');

export function lifeOf({ access_ttl_ms, refresh_ttl_ms }: Program): string {
  if (!access_ttl_ms && !refresh_ttl_ms) return 'as set';
  return [access_ttl_ms, refresh_ttl_ms].map(ms => (ms ? spanText(ms) : 'as set')).join(' / ');
}

import type { ServerName } from '../base/index.ts';
import type { TargetKind } from '../mcp/index.ts';
import type { Names, Owner } from './names.ts';
import type { Target } from './target.ts';
import type { View, ViewOf } from './view.ts';

/** What somebody names, in the words of the endpoint where they name it. */
export type Named = { readonly kind: TargetKind; readonly name: string };

/** Which server gave whoever asks a link to a URI that nobody lists. */
export type Linked = (uri: string) => ServerName | undefined;

function findResource(view: View, uri: string, linked: Linked): Target | undefined {
  const covered = view.findUri(uri);
  const found = covered?.isListed ? covered : (view.findTemplate(uri) ?? covered);
  if (found) return found;
  const server = linked(uri);
  return server && view.unlisted('resource', server, uri);
}

/**
 * What a name leads to for whoever has this view: listed, the server's own, covered by a template, or a link. At its
 * own endpoint a server may know more than it lists. Calls and explanations both ask here.
 */
export function resolve(view: View, { kind, name }: Named, linked: Linked): Target | undefined {
  const found = kind === 'resource' ? findResource(view, name, linked) : view.find(kind, name);
  const { endpoint } = view.of;
  return found ?? (endpoint === 'all' ? undefined : view.unlisted(kind, endpoint, name));
}

/** Whose a name is, whoever may use it. At its own endpoint a server has every name. */
export function ownerOf(
  endpoint: ViewOf['endpoint'],
  { kind, name }: Named,
  names: Pick<Names, 'owner' | 'unlistedOwner'>,
): Pick<Owner, 'server' | 'original'> | undefined {
  if (endpoint !== 'all') return { server: endpoint, original: name };
  return names.owner(kind, name) ?? (kind === 'resource' ? undefined : names.unlistedOwner(kind, name));
}

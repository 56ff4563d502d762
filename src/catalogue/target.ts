import type { ServerName } from '../base/index.ts';
import type { TargetKind } from '../mcp/index.ts';
import type { Item } from '../policy/index.ts';
import type { ToolTraits } from './definition.ts';

/** One server's thing, as this caller may use it. */
export type Target = {
  readonly server: ServerName;
  /** The server's own name or URI for it. */
  readonly original: string;
  readonly traits: ToolTraits | undefined;
  /** As the rules see it. */
  readonly item: Item;
  /** Whether the server lists it; what it does not list it may know all the same. */
  readonly isListed: boolean;
};

/** Of a tool that a server does not list nothing is known, so it is taken for the worst. */
export function itemOf(kind: TargetKind, name: string, traits?: ToolTraits): Item {
  return { kind, name, tier: kind === 'tool' ? (traits?.tier ?? 'destructive') : 'read' };
}

/** What a server does not list. */
export function targetOf(server: ServerName, item: Item): Target {
  return { server, original: item.name, traits: undefined, item, isListed: false };
}

/** What a server lists. */
export function listedTarget(server: ServerName, item: Item, traits?: ToolTraits): Target {
  return { server, original: item.name, traits, item, isListed: true };
}

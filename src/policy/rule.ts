import type { GroupId, KeyId, ServerName, UserId } from '../base/index.ts';
import type { TargetKind } from '../mcp/index.ts';
import type { Role } from './caller.ts';
import type { Tier } from './tier.ts';

/** Whom a rule is about. */
export type Subject =
  | { readonly kind: 'everybody' }
  | { readonly kind: 'user'; readonly id: UserId }
  | { readonly kind: 'group'; readonly id: GroupId }
  | { readonly kind: 'role'; readonly id: Role }
  /** An OAuth client, by its id. */
  | { readonly kind: 'client'; readonly id: string }
  | { readonly kind: 'key'; readonly id: KeyId };

/**
 * One sentence of the policy. Allows of a client or a key limit what the person has, and never give anything. A deny
 * wins over every allow.
 */
export type Rule = {
  readonly id: string;
  readonly effect: 'allow' | 'deny';
  readonly subject: Subject;
  readonly server: ServerName | '*';
  readonly kind: TargetKind | 'all';
  /** Matched against the server's own name or URI; see `compileGlob`. */
  readonly pattern: string;
  /** An allow reaches this tier at most, a deny this tier at least. Prompts and resources are of the tier `read`. */
  readonly tier: Tier | undefined;
  readonly note: string | undefined;
  readonly createdAt: number;
  readonly createdBy: string;
};

/** One thing of a server that somebody asks for, by the server's own name or URI. */
export type Item = { readonly kind: TargetKind; readonly name: string; readonly tier: Tier };

/** What of a server is on, for everybody. A tool that is named in `named` is as said there. */
export type ToolSwitches = {
  /** What becomes of a tool that nobody switched: `review`: only what changes nothing that cannot be undone, until `isSeen`. */
  readonly newTools: 'on' | 'review' | 'off';
  /** An administrator has seen the list of tools. */
  readonly isSeen: boolean;
  readonly named: ReadonlyMap<string, boolean>;
  /** Prompts that are off. */
  readonly prompts?: ReadonlySet<string>;
  /** What the server says of itself is kept from everybody. */
  readonly isSilent?: boolean;
};

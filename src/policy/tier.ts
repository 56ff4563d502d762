/** What a tool may do to the world, mildest first. */
export const TIERS = ['read', 'write', 'destructive'] as const;
export type Tier = (typeof TIERS)[number];

/** By the annotations of a tool, in which a server says nothing by default (server/tools, `ToolAnnotations`). */
export function tierOf(annotations: Readonly<Record<string, unknown>>): Tier {
  if (annotations.readOnlyHint === true) return 'read';
  return annotations.destructiveHint === false ? 'write' : 'destructive';
}

/** Whether `tier` is at most `most`. */
export function isWithin(tier: Tier, most: Tier): boolean {
  return TIERS.indexOf(tier) <= TIERS.indexOf(most);
}

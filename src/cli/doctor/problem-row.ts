/** One thing that can be wrong: what it is, which rule says so, and what to do. */
export type ProblemRow = {
  /** `warn`: clients get on with it, or some of them. */
  readonly mark: 'warn' | 'BROKEN';
  readonly says: string;
  readonly rule: string;
  readonly todo: string;
};

/** A section of the page "Authorization" of the MCP specification. */
export function mcp(section: string): string {
  return `MCP 2026-07-28 basic/authorization, "${section}"`;
}

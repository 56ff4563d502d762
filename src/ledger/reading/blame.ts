/** Whose fault a request that failed was: the server's tool, the server, what the gateway refuses, or the gateway itself. */
export const BLAMES = ['tool', 'server', 'refused', 'gateway'] as const;
export type Blame = (typeof BLAMES)[number];

const OF: Readonly<Record<string, Blame>> = {
  tool_error: 'tool',
  rpc_error: 'tool',
  upstream_unreachable: 'server',
  upstream_timeout: 'server',
  upstream_refused: 'server',
  upstream_invalid: 'server',
  era_unsupported: 'server',
  outcome_unknown: 'server',
  internal: 'gateway',
  overloaded: 'gateway',
};

/** By the name of the failure, as figures have it. Everything else is what a client may not do, or asked wrongly. */
export const blameOf = (failure: string): Blame => OF[failure] ?? 'refused';

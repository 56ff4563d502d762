import type { Era, WireClient } from '../wire/client.ts';

/** One thing that a client does, on each side of a comparison in the same way. */
export type Row = {
  readonly name: string;
  /** Client eras that have it. */
  readonly eras: readonly Era[];
  /** The methods whose arrival at the server is compared. */
  readonly arrives?: readonly string[];
  /** Only where the server's answers are streams: something comes before the answer. */
  readonly needsStream?: boolean;
  readonly isTask?: boolean;
  /** Between eras there is nothing to compare it with. */
  readonly isSameEra?: boolean;
  readonly play: (client: WireClient) => Promise<unknown>;
};

export const BOTH = ['2025', '2026'] as const;
export const tool = (name: string, args = '{}') => `"name":"${name}","arguments":${args}`;
export const call =
  (name: string, args = '{}', options: object = {}) =>
  (client: WireClient) =>
    client.call('tools/call', tool(name, args), options);

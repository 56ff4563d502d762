import type { IncomingMessage } from 'node:http';
import type { Shown } from '../adapter/access-tokens.ts';

/** What is known about a request before the provider sees it. */
export type Facts = {
  readonly requestId: string;
  readonly address: string;
  /** The access token that it shows for revocation or introspection, under the id that stands in its place. */
  readonly shown: { readonly id: string; readonly token: Shown } | undefined;
};

const facts = new WeakMap<IncomingMessage, Facts>();

export const noteFacts = (request: IncomingMessage, known: Facts): void => void facts.set(request, known);
export const factsOf = (request: IncomingMessage | undefined): Facts | undefined =>
  request && facts.get(request);

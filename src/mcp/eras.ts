import { isObject } from './message.ts';
import type { Era } from './revisions.ts';

export const META = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  logLevel: 'io.modelcontextprotocol/logLevel',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
} as const;

const CAPABILITY_BITS = [
  'sampling',
  'elicitation',
  'elicitationUrl',
  'roots',
  'rootsListChanged',
  'samplingTools',
  'samplingContext',
] as const;
type CapabilityBit = (typeof CAPABILITY_BITS)[number];

/** What a client can be asked, as bits: two clients with the same bits see the same lists. */
export type ClientCapabilities = number;

function bit(name: CapabilityBit): number {
  return 1 << CAPABILITY_BITS.indexOf(name);
}

/** Reads the members of `capabilities` that matter to a server; others are not relayed. */
export function readCapabilities(value: unknown): ClientCapabilities {
  if (!isObject(value)) return 0;
  const { sampling, elicitation, roots } = value;
  let bits = 0;
  if (isObject(sampling)) {
    bits |= bit('sampling');
    if (isObject(sampling.tools)) bits |= bit('samplingTools');
    if (isObject(sampling.context)) bits |= bit('samplingContext');
  }
  if (isObject(elicitation)) {
    // An empty object means form mode (2025-11-25 client/elicitation, "Capabilities").
    if (isObject(elicitation.form) || !isObject(elicitation.url)) bits |= bit('elicitation');
    if (isObject(elicitation.url)) bits |= bit('elicitationUrl');
  }
  if (isObject(roots)) {
    bits |= bit('roots');
    if (roots.listChanged === true) bits |= bit('rootsListChanged');
  }
  return bits;
}

/** The same capabilities as the object of an `initialize` request of `revision`. */
export function writeCapabilities(bits: ClientCapabilities, revision: string): Record<string, unknown> {
  const has = (name: CapabilityBit) => (bits & bit(name)) !== 0;
  const out: Record<string, unknown> = {};
  if (has('sampling')) {
    out.sampling = {
      ...(has('samplingTools') && { tools: {} }),
      ...(has('samplingContext') && { context: {} }),
    };
  }
  if (has('roots')) out.roots = has('rootsListChanged') ? { listChanged: true } : {};
  if (revision >= '2025-06-18' && (has('elicitation') || has('elicitationUrl'))) {
    // An empty object is form mode alone, which is all that revisions before 2025-11-25 know.
    out.elicitation = has('elicitationUrl') ? { ...(has('elicitation') && { form: {} }), url: {} } : {};
  }
  return out;
}

/** Which request of a server needs which declared capability. */
const NEEDS: ReadonlyMap<string, readonly CapabilityBit[]> = new Map([
  ['sampling/createMessage', ['sampling']],
  ['elicitation/create', ['elicitation', 'elicitationUrl']],
  ['roots/list', ['roots']],
]);

/** Whether a client with these capabilities may be sent this request by a server. */
export function canBeAsked(method: string, bits: ClientCapabilities): boolean {
  return method === 'ping' || (NEEDS.get(method) ?? []).some(name => (bits & bit(name)) !== 0);
}

/** Era, revision and capabilities: what makes one server's lists differ between clients of one credential. */
export type Profile = {
  readonly era: Era;
  readonly revision: string;
  readonly capabilities: ClientCapabilities;
};

export function profileKey(profile: Profile): string {
  return `${profile.revision}/${profile.capabilities}`;
}

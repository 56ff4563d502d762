import { isObject, type Params } from './message.ts';
import { type Era, LATEST_LEGACY, LATEST_MODERN } from './revisions.ts';

export const META = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  logLevel: 'io.modelcontextprotocol/logLevel',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
  relatedTask: 'io.modelcontextprotocol/related-task',
  /** The extension of SEP-2663. */
  tasks: 'io.modelcontextprotocol/tasks',
} as const;

const CAPABILITY_BITS = [
  'sampling',
  'elicitation',
  'elicitationUrl',
  'roots',
  'rootsListChanged',
  'samplingTools',
  'samplingContext',
  // 2025-11-25: what a client can do as the one that runs tasks.
  'tasks',
  'tasksList',
  'tasksCancel',
  'tasksSampling',
  'tasksElicitation',
  // 2026-07-28: the extension.
  'tasksExtension',
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
  let bits = readTasks(value);
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

function readTasks({ tasks, extensions }: Readonly<Record<string, unknown>>): number {
  let bits = 0;
  if (isObject(extensions) && isObject(extensions[META.tasks])) bits |= bit('tasksExtension');
  if (!isObject(tasks)) return bits;
  bits |= bit('tasks');
  if (isObject(tasks.list)) bits |= bit('tasksList');
  if (isObject(tasks.cancel)) bits |= bit('tasksCancel');
  const { sampling, elicitation } = isObject(tasks.requests) ? tasks.requests : {};
  if (isObject(sampling) && isObject(sampling.createMessage)) bits |= bit('tasksSampling');
  if (isObject(elicitation) && isObject(elicitation.create)) bits |= bit('tasksElicitation');
  return bits;
}

/** The tasks of 2025-11-25 and the extension of 2026-07-28 are two things: neither is declared in the other's revision. */
function writeTasks(bits: ClientCapabilities, revision: string): Record<string, unknown> {
  const has = (name: CapabilityBit) => (bits & bit(name)) !== 0;
  if (revision >= '2026-07-28') return has('tasksExtension') ? { extensions: { [META.tasks]: {} } } : {};
  if (revision < '2025-11-25' || !has('tasks')) return {};
  const requests = {
    ...(has('tasksSampling') && { sampling: { createMessage: {} } }),
    ...(has('tasksElicitation') && { elicitation: { create: {} } }),
  };
  const tasks = {
    ...(has('tasksList') && { list: {} }),
    ...(has('tasksCancel') && { cancel: {} }),
    ...(Object.keys(requests).length > 0 && { requests }),
  };
  return { tasks };
}

/** The same capabilities as the object of an `initialize` request of `revision`. */
export function writeCapabilities(bits: ClientCapabilities, revision: string): Record<string, unknown> {
  const has = (name: CapabilityBit) => (bits & bit(name)) !== 0;
  const out = writeTasks(bits, revision);
  if (has('sampling')) {
    out.sampling = {
      ...(has('samplingTools') && { tools: {} }),
      ...(has('samplingContext') && { context: {} }),
    };
  }
  // In 2026-07-28 nobody is told of changed roots (changelog).
  if (has('roots'))
    out.roots = has('rootsListChanged') && revision < '2026-07-28' ? { listChanged: true } : {};
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
  ['tasks/get', ['tasks']],
  ['tasks/result', ['tasks']],
  ['tasks/list', ['tasksList']],
  ['tasks/cancel', ['tasksCancel']],
]);

/** What some of its `params` need besides: "MUST NOT send" it undeclared (2025-11-25 client/elicitation, client/sampling). */
const NEEDS_BESIDES: Readonly<Record<string, (params: Params) => CapabilityBit | undefined>> = {
  'elicitation/create': ({ mode }) => (mode === 'url' ? 'elicitationUrl' : 'elicitation'),
  'sampling/createMessage': ({ tools, toolChoice }) =>
    tools === undefined && toolChoice === undefined ? undefined : 'samplingTools',
};

/** Whether a client with these capabilities may be sent this request by a server. */
export function canBeAsked(method: string, params: Params, bits: ClientCapabilities): boolean {
  const has = (name: CapabilityBit): boolean => (bits & bit(name)) !== 0;
  if (method === 'ping') return true;
  const needs = NEEDS.get(method);
  const besides = needs && NEEDS_BESIDES[method]?.(params);
  return needs?.some(has) === true && (besides === undefined || has(besides));
}

/** Whether this client's calls may be answered by a task of the extension. */
export function canUseTasks({ era, capabilities }: Pick<Profile, 'era' | 'capabilities'>): boolean {
  return era === 'modern' && (capabilities & bit('tasksExtension')) !== 0;
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

/** The same client as a server of the other era sees it. */
export function counterpart({ era, capabilities }: Profile): Profile {
  return era === 'modern'
    ? { era: 'legacy', revision: LATEST_LEGACY, capabilities }
    : { era: 'modern', revision: LATEST_MODERN, capabilities };
}

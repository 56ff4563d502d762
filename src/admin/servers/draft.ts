import { z } from 'zod';
import { ConfigError, type ServerDraft, serverFromDraft } from '../../config/index.ts';
import type { ServerEntry } from '../../mcp/index.ts';
import { wrong } from '../api/operation.ts';
import { textField } from '../operations/fields.ts';

const texts = z.record(z.string(), z.string());
const seconds = z.number().positive().max(3_600_000);

/** How to prove oneself at the server, as the configuration file writes it, or as version 1 did. */
const credential = {
  auth: z
    .union([
      z.strictObject({ bearer: z.string() }),
      z.strictObject({
        basic: z.union([z.string(), z.strictObject({ user: z.string(), password: z.string() })]),
      }),
      z.strictObject({ headers: texts }),
      z.strictObject({ oauth: z.looseObject({}) }),
      z.strictObject({ none: z.literal(true) }),
    ])
    .optional(),
  auth_type: z.enum(['none', 'bearer', 'basic']).nullish(),
  auth_token: z.string().nullish(),
  backend_token: z.string().nullish(),
};

const place = {
  url: z.string().optional(),
  type: z.enum(['http', 'sse', 'stdio']).optional(),
  command: z.string().optional(),
  args: z.array(z.string()).optional(),
  env: texts.optional(),
  cwd: z.string().optional(),
};

const rest = {
  description: z
    .string()
    .max(1000)
    .refine(text => !/[\p{Cs}\0]/u.test(text), 'has characters that cannot be seen')
    .nullish(),
  headers: texts.optional(),
  prefix: z.string().optional(),
  tool_prefix: z.string().nullish(),
  enabled: z.boolean().optional(),
  timeout: seconds.nullish(),
  protocol: z.enum(['auto', 'legacy', 'modern']).optional(),
  private: z.enum(['allow', 'deny']).nullish(),
  stateless: z.boolean().optional(),
  stateful: z.boolean().optional(),
  deduplicate: z.boolean().optional(),
  elicitation_hosts: z.array(z.string()).nullish(),
  routing_strategy: z.string().nullish(),
};

/** A server as the API takes it; the fields of version 1 among them. */
export const serverDraft = z.strictObject({
  name: textField(200).min(1),
  ...place,
  ...credential,
  ...rest,
});
export const serverPatch = z.strictObject({
  name: textField(200).min(1).optional(),
  ...place,
  ...credential,
  ...rest,
});

export type ServerPatch = z.output<typeof serverPatch>;

/** Version 1 took the words of `Basic` already encoded. */
function basicOf(token: string): string {
  const decoded = Buffer.from(token, 'base64').toString('utf8');
  return token.includes(':') || !decoded.includes(':') ? token : decoded;
}

/** The credential as the configuration file writes it; undefined: none was said. */
function authOf({ auth, auth_type, auth_token, backend_token }: ServerPatch): unknown {
  if (auth !== undefined) return 'none' in auth ? null : auth;
  const token = auth_token ?? backend_token ?? undefined;
  if (auth_type === 'none') return null;
  if (token === undefined) return undefined;
  return auth_type === 'basic' ? { basic: basicOf(token) } : { bearer: token };
}

/** Whether anything of it is said, so that what is kept gives way. */
export const saysCredential = (patch: ServerPatch): boolean => authOf(patch) !== undefined;
export const saysPlace = (patch: ServerPatch): boolean =>
  [patch.url, patch.type, patch.command, patch.args, patch.env, patch.cwd].some(one => one !== undefined);

export function toDraft(patch: ServerPatch): ServerDraft {
  const { tool_prefix, elicitation_hosts, prefix = tool_prefix ?? undefined } = patch;
  const draft = {
    url: patch.url,
    type: patch.type,
    command: patch.command,
    args: patch.args,
    env: patch.env,
    cwd: patch.cwd,
    headers: patch.headers,
    auth: authOf(patch) ?? undefined,
    prefix,
    enabled: patch.enabled,
    timeout: patch.timeout ?? undefined,
    protocol: patch.protocol,
    private: patch.private ?? undefined,
    stateless: patch.stateless,
    stateful: patch.stateful,
    deduplicate: patch.deduplicate,
    elicitationHosts: elicitation_hosts ?? undefined,
  };
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined));
}

/** Which field a sentence of the reader of servers is about. */
const FIELDS: readonly (readonly [RegExp, string])[] = [
  [/^The server name|is an address of the gateway itself|needs a name/i, 'name'],
  [/^A server needs either a url or a command|^url |^type /i, 'url'],
  [/^References like/, 'auth'],
  [/^auth|Authorization header/i, 'auth'],
  [/header/i, 'headers'],
  [/^env\./i, 'env'],
  [/^command/i, 'command'],
  [/^args/i, 'args'],
  [/^cwd/i, 'cwd'],
  [/either stateless or stateful/, 'stateful'],
  [/^prefix/i, 'prefix'],
  [/^timeout/i, 'timeout'],
  [/^elicitationHosts/i, 'elicitation_hosts'],
  [/^grants/i, 'grants'],
];

/** Reads a server as the configuration file would. Fault `invalid_request` with the field. */
export function readDraft(
  title: string,
  draft: ServerDraft,
  rules: { readonly folder: string; readonly defaultTimeoutSeconds: number },
): { readonly entry: ServerEntry; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  try {
    const entry = serverFromDraft(title, draft, { ...rules, warn: text => warnings.push(text) });
    return { entry, warnings };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { message } = error;
    throw wrong(FIELDS.find(([about]) => about.test(message))?.[1] ?? 'body', message);
  }
}

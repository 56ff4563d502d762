import { Fault } from '../base/index.ts';
import { META } from './eras.ts';
import type { Message, NotificationMessage, RequestMessage } from './message.ts';
import { isObject } from './message.ts';
import { METHODS } from './methods.ts';
import { decodeHeaderValue } from './mirror-headers.ts';
import { eraOf, LEGACY_REVISIONS, MODERN_REVISIONS } from './revisions.ts';

/** The headers that say something about the message, as they came. */
export type MirrorHeaders = {
  readonly version: string | undefined;
  readonly method: string | undefined;
  readonly name: string | undefined;
};

/** The revision is unknown where the session, or the lack of one, decides. */
export type Classified =
  | { readonly era: 'modern'; readonly revision: string }
  | { readonly era: 'legacy'; readonly revision: string | undefined };

function unsupported(requested: string): Fault {
  return new Fault('unsupported_version', { data: { supported: [...MODERN_REVISIONS], requested } });
}

function mismatch(header: string, says: string): Fault {
  return new Fault('header_mismatch', { says: `Header mismatch: ${header} ${says}` });
}

function checkMirrors(message: RequestMessage | NotificationMessage, headers: MirrorHeaders): void {
  if (headers.method === undefined) throw mismatch('Mcp-Method', 'is missing');
  if (decodeHeaderValue(headers.method) !== message.method)
    throw mismatch('Mcp-Method', 'does not equal the method of the body');
  const by = METHODS.get(message.method)?.by;
  if (by === undefined || by === 'ref' || METHODS.get(message.method)?.eras === 'legacy') return;
  const named = message.params[by];
  if (typeof named !== 'string') return;
  if (headers.name === undefined) throw mismatch('Mcp-Name', 'is missing');
  if (decodeHeaderValue(headers.name) !== named) throw mismatch('Mcp-Name', `does not equal params.${by}`);
}

/** A modern message: version, capabilities and headers must agree before anything else is looked at. */
function readModern(
  message: RequestMessage | NotificationMessage,
  version: string,
  headers: MirrorHeaders,
): Classified {
  const meta = message.params._meta;
  if (!isObject(meta) || !isObject(meta[META.clientCapabilities])) {
    throw new Fault('invalid_params', {
      status: 400,
      says: `Invalid params: _meta needs ${META.clientCapabilities}`,
    });
  }
  if (headers.version === undefined) throw mismatch('MCP-Protocol-Version', 'is missing');
  if (headers.version.trim() !== version) throw mismatch('MCP-Protocol-Version', 'does not equal _meta');
  if (eraOf(version) !== 'modern') throw unsupported(version);
  checkMirrors(message, headers);
  return { era: 'modern', revision: version };
}

/**
 * Which protocol a message belongs to, body first: the `_meta` of a modern request is the evidence, headers must
 * agree with it (2026-07-28 versioning). Faults: `invalid_params` (400), `header_mismatch`, `unsupported_version`.
 */
export function classify(message: Message, headers: MirrorHeaders): Classified {
  const said = headers.version?.trim();
  if (message.kind === 'response') return legacy(said);
  const meta = isObject(message.params._meta) ? message.params._meta : {};
  const version = meta[META.protocolVersion];
  if (typeof version === 'string') return readModern(message, version, headers);
  if (version !== undefined)
    throw new Fault('invalid_params', {
      status: 400,
      says: `Invalid params: ${META.protocolVersion} must be a string`,
    });
  if (message.method === 'initialize')
    return legacy(said !== undefined && LEGACY_REVISIONS.includes(said) ? said : undefined);
  if (message.kind === 'request' && said !== undefined && eraOf(said) === 'modern') {
    throw new Fault('invalid_params', {
      status: 400,
      says: `Invalid params: _meta needs ${META.protocolVersion}`,
    });
  }
  return legacy(said);
}

function legacy(said: string | undefined): Classified {
  // A notification may come with the modern header alone: revision 2026-07-28 asks no metadata of it.
  if (said === undefined || eraOf(said) === 'modern') return { era: 'legacy', revision: undefined };
  if (eraOf(said) === 'legacy') return { era: 'legacy', revision: said };
  throw new Fault('unsupported_version', {
    says: 'Unsupported protocol version',
    data: { supported: [...MODERN_REVISIONS, ...LEGACY_REVISIONS], requested: said },
  });
}

import type { ServerEntry } from '../../mcp/index.ts';
import { commandLine } from '../stdio/command-line.ts';

/** What may be shown and kept in the audit log: no credential, no header value, and of a URL no query. */
export function describeServer(entry: ServerEntry) {
  const {
    name,
    title,
    description,
    source,
    prefix,
    enabled,
    protocol,
    transport,
    timeoutMs,
    stateless,
    stateful,
  } = entry;
  const place = transport.kind === 'stdio' ? transport.command : transport.url.replace(/\?.*$/, '?...');
  return {
    name,
    title,
    description,
    source,
    kind: transport.kind,
    place,
    prefix,
    enabled,
    protocol,
    ...{ private: entry.private, timeout: timeoutMs / 1000, stateless, stateful },
    auth: entry.auth.kind,
    headers: Object.keys(entry.headers),
    // A command that is added is code that runs: the log names all of it.
    ...(transport.kind === 'stdio' && commandLine(transport)),
  };
}

import { printable, Secret } from '../../base/index.ts';
import { ConfigError } from '../config-error.ts';
import { asTextMap, type Text } from './fields.ts';
import type { Entry } from './tree.ts';

/** A header field name (RFC 9110 section 5.6.2). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** A field value (RFC 9110 section 5.5); CR, LF and NUL would end the header. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The connection's own headers, and those with which the gateway describes the message. */
const OURS = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'te',
  'upgrade',
  'trailer',
  'keep-alive',
  'expect',
]);

export function readHeaders(entry: Entry | undefined, what: string): Readonly<Record<string, Secret>> {
  const seen = new Map<string, string>();
  const headers = [...asTextMap(entry, what)].map(([name, text]) => {
    checkHeader(name, text);
    const lower = name.toLowerCase();
    if (seen.has(lower)) {
      throw new ConfigError(`${text.at} the header ${name} is given twice, also as ${seen.get(lower)}.`);
    }
    seen.set(lower, name);
    return [name, new Secret(text.text)] as const;
  });
  return Object.fromEntries(headers);
}

function checkHeader(name: string, { at, text }: Text): void {
  if (!TOKEN.test(name)) throw new ConfigError(`${at} "${printable(name)}" is not the name of a header.`);
  if (OURS.has(name.toLowerCase()) || /^mcp-/i.test(name)) {
    throw new ConfigError(`${at} the header ${name} belongs to the gateway and cannot be set.`);
  }
  if (!VALUE.test(text)) {
    throw new ConfigError(
      `${at} the value of the header ${name} has a line break or a character that no header can hold.`,
    );
  }
}

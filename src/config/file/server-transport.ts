import { resolve } from 'node:path';
import { printable, Secret } from '../../base/index.ts';
import type { ServerTransport } from '../../mcp/index.ts';
import { ConfigError } from '../config-error.ts';
import { asChoice, asText, asTextMap, asTexts, type Fields } from './fields.ts';

/** How clients spell where a server is: `url`, Windsurf's `serverUrl`, Gemini's `httpUrl`. */
const URL_KEYS = ['url', 'serverUrl', 'httpUrl'] as const;

const TYPES = ['http', 'sse', 'stdio', 'streamable-http', 'streamableHttp', 'streamable_http'] as const;

export function readTransport(fields: Fields, at: string, folder: string): ServerTransport {
  const type = asChoice(fields.get('type') ?? fields.get('transport'), 'type', TYPES);
  const given = URL_KEYS.filter(key => fields.has(key));
  const command = asText(fields.get('command'), 'command');
  if (given.length + (command === undefined ? 0 : 1) !== 1) {
    throw new ConfigError(`${at} a server needs either a url or a command.`);
  }
  if (command !== undefined) {
    if (type !== undefined && type !== 'stdio') {
      throw new ConfigError(`${at} type ${type} needs a url, not a command.`);
    }
    return readCommand(fields, command, folder);
  }
  if (type === 'stdio') throw new ConfigError(`${at} type stdio needs a command, not a url.`);
  const entry = fields.get(given[0] ?? 'url');
  return { kind: type === 'sse' ? 'sse' : 'http', url: readUrl(asText(entry, 'url') ?? '', entry?.at ?? at) };
}

function readUrl(text: string, at: string): string {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new ConfigError(`${at} url must begin with http:// or https://.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new ConfigError(`${at} url holds a password. Write auth: { basic: { user, password } } instead.`);
  }
  url.hash = '';
  return url.href;
}

/** What the system ends a word at, and what has no form in UTF-8. */
const cannotBeHanded = (text: string) => text.includes('\0') || !text.isWellFormed();

function readCommand(fields: Fields, command: string, folder: string): ServerTransport {
  const entry = fields.get('command');
  if (command.trim() === '') throw new ConfigError(`${entry?.at} command is empty.`);
  const args = asTexts(fields.get('args'), 'args') ?? [];
  const cwd = asText(fields.get('cwd'), 'cwd');
  const env = [...asTextMap(fields.get('env'), 'env')].map(([name, { at, text }]) => {
    if (name === '' || name.includes('=') || cannotBeHanded(name) || cannotBeHanded(text)) {
      throw new ConfigError(`${at} env.${printable(name)} cannot be handed to a program.`);
    }
    return [name, new Secret(text)] as const;
  });
  if ([command, ...args].some(cannotBeHanded))
    throw new ConfigError(`${entry?.at} command and args cannot hold NUL or half a character.`);
  if (cwd !== undefined && cannotBeHanded(cwd))
    throw new ConfigError(`${fields.get('cwd')?.at} cwd cannot hold NUL or half a character.`);
  return {
    kind: 'stdio',
    command,
    args,
    env: Object.fromEntries(env),
    cwd: cwd === undefined ? undefined : resolve(folder, cwd),
  };
}

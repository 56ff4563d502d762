/** Schemes of browsers, systems and protocols: what they open is no program that asked for a sign-in. */
const FORBIDDEN = new Set(
  [
    'about blob chrome chrome-extension data devtools feed file filesystem intent jar javascript mhtml moz-extension',
    'ms-msdt resource search-ms shell vbscript view-source',
    'ftp gopher itms-services ldap ldaps magnet mailto news nfs sftp sip sms smb ssh tel telnet urn ws wss',
  ].flatMap(line => line.split(' ').map(name => `${name}:`)),
);
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const LONGEST = 2000;
/** A host stands in the policy of the page too: letters, digits and what separates them, or an IPv6 address. */
const HOST = /^(?:[a-z\d_-]+(?:\.[a-z\d_-]+)*\.?|\[[\da-f:.]+\])$/i;
/** What browsers repair silently, each in its own way, and what no address needs. */
const TRICKS = /[\\\s"'<>`{}|^*\u0000-\u001f\u007f-\uffff]/;
/** RFC 3986 section 3.1, lower case: a browser would change any other. */
const SCHEME = /^[a-z][a-z0-9+.-]*:/;

export type RedirectKind = 'https' | 'loopback' | 'private-use';

/** What kind of redirect URI this is; undefined when no client may have it (RFC 8252 section 7, RFC 9700 section 4.1). */
export function redirectKindOf(text: string): RedirectKind | undefined {
  if (text.length > LONGEST || TRICKS.test(text) || !SCHEME.test(text) || text.includes('#'))
    return undefined;
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || FORBIDDEN.has(url.protocol))
    return undefined;
  const authority = /^[^:]+:\/\/([^/?#]*)/.exec(text)?.[1] ?? '';
  if (authority.includes('@') || authority.includes('%')) return undefined;
  if (url.protocol === 'https:')
    return HOST.test(hostOf(authority)) && !LOOPBACK.has(url.hostname) ? 'https' : undefined;
  if (url.protocol === 'http:') return LOOPBACK.has(hostOf(authority)) ? 'loopback' : undefined;
  // A scheme of its own, such as cursor:// or com.example.app:/ (RFC 8252 section 7.1).
  return text.length > url.protocol.length ? 'private-use' : undefined;
}

/** The host as it was written: `127.1` and `0x7f000001` mean the same address and are refused. */
function hostOf(authority: string): string {
  return authority.replace(/:\d*$/, '');
}

function isLoopbackRedirect(text: string): boolean {
  return redirectKindOf(text) === 'loopback';
}

/** Any port of a program on this machine is the same client (RFC 8252 section 7.3). */
export function withoutPort(text: string): string {
  return isLoopbackRedirect(text) ? text.replace(/^(http:\/\/(?:\[::1\]|[^/:?#]+)):\d*/, '$1') : text;
}

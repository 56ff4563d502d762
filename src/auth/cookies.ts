/** `__Host-` (RFC 6265bis section 4.1.3.2) needs Secure, and so https. */
export function cookieName(origin: string, name: string): string {
  return origin.startsWith('https:') ? `__Host-${name}` : name;
}

export function cookieAttributes(origin: string, sameSite: 'Lax' | 'Strict'): string {
  return `Path=/; HttpOnly; SameSite=${sameSite}${origin.startsWith('https:') ? '; Secure' : ''}`;
}

/** The value of a cookie; undefined when it is missing or stands there twice with two values. */
export function readCookie(cookies: string | undefined, name: string): string | undefined {
  const pairs = (cookies ?? '').split(';').map(pair => pair.trim());
  const values = new Set(
    pairs.filter(pair => pair.startsWith(`${name}=`)).map(pair => pair.slice(name.length + 1)),
  );
  const [value] = values;
  return values.size === 1 ? value : undefined;
}

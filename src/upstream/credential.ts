import type { ServerEntry } from '../mcp/index.ts';

/** The headers by which the gateway proves itself to a server, and those configured beside them. */
export function credentialHeaders(entry: ServerEntry): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(entry.headers)) headers[name.toLowerCase()] = value.reveal();
  const { auth } = entry;
  if (auth.kind === 'bearer') headers.authorization = `Bearer ${auth.token.reveal()}`;
  if (auth.kind === 'basic') {
    headers.authorization = `Basic ${Buffer.from(`${auth.user}:${auth.password.reveal()}`).toString('base64')}`;
  }
  if (auth.kind === 'headers')
    for (const [name, value] of Object.entries(auth.headers)) headers[name.toLowerCase()] = value.reveal();
  return headers;
}

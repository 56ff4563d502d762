/** The literal texts of a URI template (RFC 6570), in order, around its expressions. */
function literals(template: string): readonly string[] {
  return template.split(/\{[^{}]*\}/);
}

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** Whether the scheme stands literally in the template; without it, it would claim every other server's URIs. */
export function hasLiteralScheme(template: string): boolean {
  return SCHEME.test(literals(template)[0] ?? '');
}

/**
 * Whether `uri` may be an expansion of `template`: its literal texts stand in the URI in order, the first at its
 * start and the last at its end. Linear in the URI's length: templates come from servers and are never made into
 * regular expressions.
 */
export function matchesTemplate(template: string, uri: string): boolean {
  const parts = literals(template);
  const first = parts[0] ?? '';
  if (!uri.startsWith(first)) return false;
  if (parts.length === 1) return uri === template;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = uri.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  const last = parts.at(-1) ?? '';
  return uri.length - last.length >= at && uri.endsWith(last);
}

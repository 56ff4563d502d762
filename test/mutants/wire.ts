// biome-ignore-all lint/suspicious/noTemplateCurlyInString: source text that is replaced
import { inFile, type Mutant } from './mutant.ts';

const scan = inFile('src/mcp/json/scan.ts', 'test/mcp/scan.test.ts');
const swap = inFile('src/mcp/json/swap.ts', 'test/mcp/swap.test.ts');
const sse = inFile('src/mcp/sse.ts', 'test/mcp/sse.test.ts');
const classify = inFile('src/mcp/classify.ts', 'test/mcp/classify.test.ts');
const mirror = inFile('src/mcp/mirror-headers.ts', 'test/mcp/mirror-headers.test.ts');
const template = inFile('src/mcp/uri-template.ts', 'test/mcp/uri-template.test.ts');
const address = inFile('src/http/address.ts', 'test/http/address.test.ts');
const door = inFile('src/http/door.ts', 'test/http/front-door.test.ts');
const cors = inFile('src/http/cors.ts', 'test/http/front-door.test.ts');
const egress = inFile('src/http/egress.ts', 'test/http/egress.test.ts');
const listener = inFile('src/http/listener.ts', 'test/gateway/slow-clients.test.ts');
const body = inFile('src/http/body.ts', 'test/gateway/slow-clients.test.ts');
const health = inFile('src/admin/health.ts', 'test/gateway/strangers.test.ts');
const metrics = inFile('src/ledger/metrics/metrics.ts', 'test/ledger/metrics.test.ts');

/** Of what is read and written as bytes: messages, headers, addresses, the journal. */
export const WIRE_MUTANTS: readonly Mutant[] = [
  scan('if (found.has(key))', 'if (false)', 'a key given twice is read once'),
  scan('if (slashes % 2 === 0) return close + 1;', 'return close + 1;', 'an escaped quote ends a string'),
  swap(
    'parts.push(bytes.subarray(from, at), this.#to);',
    'parts.push(bytes.subarray(from, at), this.#from);',
    'the id is not swapped',
  ),
  swap(
    'const hold = isLast ? 0 : this.#heldBack(swapped);',
    'const hold = 0;',
    'an id between two pieces is not swapped',
  ),
  sse('if (this.#size > this.#limit)', 'if (false)', 'an endless event is kept'),
  sse(
    'let from = Math.max(0, this.#size - 3);',
    'let from = this.#size;',
    'a blank line between two pieces is missed',
  ),
  classify(
    "if (headers.version.trim() !== version) throw mismatch('MCP-Protocol-Version', 'does not equal _meta');",
    '',
    'header and _meta may name different versions',
  ),
  classify(
    'if (decodeHeaderValue(headers.name) !== named)',
    'if (false)',
    'Mcp-Name may name another tool than the body',
  ),
  classify(
    "if (eraOf(version) !== 'modern') throw unsupported(version);",
    '',
    'an unknown version is served',
  ),
  mirror(
    'decoded === expected) return true;',
    'decoded == expected || decoded?.toLowerCase() === expected.toLowerCase()) return true;',
    'headers are compared loosely',
  ),
  mirror(
    'if (found.some(other => other.header.toLowerCase() === header.toLowerCase())) return false;',
    '',
    'two parameters share a header',
  ),
  template(
    "return SCHEME.test(literals(template)[0] ?? '');",
    'return template.length > 0;',
    'a template without a scheme claims every URI',
  ),
  address(
    'if (ranges.length === 0 || forwardedFor === undefined || !isTrusted(plain(peer))) return plain(peer);',
    'if (forwardedFor === undefined) return plain(peer);',
    'X-Forwarded-For of anybody is trusted',
  ),
  address(
    'hops.findLast(hop => hop === undefined || !isTrusted(hop))',
    'hops.find(hop => hop === undefined || !isTrusted(hop))',
    'the first entry of X-Forwarded-For is trusted',
  ),
  address(
    'if (METADATA.has(parsed.toString())) return',
    "if (parsed.toString() === '') return",
    'addresses of cloud metadata are private ones',
  ),
  address(
    'const parsed = ipaddr.process(address);\n  if (METADATA',
    'const parsed = ipaddr.parse(address);\n  if (METADATA',
    'IPv6 hides an IPv4 address',
  ),
  door('if (seen.has(name))\n      throw', 'if (false) throw', 'headers may stand twice'),
  door(
    "if (!path.startsWith('/') || TRICKS.test(path))",
    "if (!path.startsWith('/'))",
    'tricks of paths reach the routes',
  ),
  door('if (host === undefined || !rules.isHostAllowed(host))', 'if (false)', 'any Host is answered'),
  door(
    "if (origin !== undefined && !rules.isOriginAllowed(origin)) throw new Fault('origin_refused');",
    '',
    'pages of any Origin may call',
  ),
  cors(
    "response.setHeader('vary', 'Origin');",
    "response.setHeader('access-control-allow-credentials', 'true');",
    'pages of other origins may use cookies',
  ),
  egress(
    'const allowed = found.filter(entry => isAllowed(entry.address, rule));',
    'const allowed = found;',
    'names may resolve to any address',
  ),
  egress(
    'if (isAddress(url.hostname) && !isAllowed(bareHost(url.hostname), rule))',
    'if (false)',
    'any address may stand in a URL',
  ),
  egress(
    'const key = `${url.origin} ${rule.isPrivateAllowed}`;',
    'const key = url.origin;',
    'a strict rule uses the connections of a lenient one',
  ),
  listener('headersTimeout: headersMs,', 'headersTimeout: 0,', 'a sender of headers may take for ever'),
  body(
    "const timer = setTimeout(() => fail(new Fault('request_timeout')), limits.ms);",
    'const timer = undefined;',
    'a sender of a body may take for ever',
  ),
  health('if (!isOpen) await', 'if (false) await', 'strangers read the metrics'),
  inFile('src/ledger/metrics/text.ts', 'test/ledger/metrics.test.ts')(
    "value.replace(/[\\\\\"\\n]/g, found => (found === '\\n' ? '\\\\n' : `\\\\${found}`));",
    'value;',
    'a label writes lines of its own',
  ),
  metrics(
    'known === undefined && this.#requests.size >= MAX_SERIES',
    'false',
    'a stranger fills the memory with series',
  ),
];

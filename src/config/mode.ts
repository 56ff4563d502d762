import { ConfigError } from './config-error.ts';
import type { Settings } from './schema.ts';

/** What the gateway is to the outside, once the port is known. */
export type PublicFace = {
  /** Scheme, host and port, without a slash: the issuer, and the start of every link. */
  readonly origin: string;
  /** Whether a request with this Host header is meant for this gateway. */
  isHostAllowed(host: string | undefined): boolean;
  /** Whether a browser page of this Origin may call. */
  isOriginAllowed(origin: string): boolean;
  /** What a request with another Host is told (421). */
  readonly hostRefusal: string;
};

/**
 * Local: the public origin is http on this machine's own names. Served: any other. `isPrivate` is local and
 * reachable by nobody else, which commands from the dashboard, open `/metrics` and AUTH_REQUIRED=false need.
 */
export type Mode = {
  readonly kind: 'local' | 'served';
  readonly isPrivate: boolean;
  readonly isHttps: boolean;
  at(port: number): PublicFace;
};

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** Whether nobody but this machine can connect to a listener on `host`. */
function isLoopbackAddress(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

type ModeSettings = Pick<
  Settings,
  'publicUrl' | 'host' | 'allowInsecureHttp' | 'system.authRequired' | 'allowedHosts' | 'corsOrigins'
>;

/** Throws ConfigError where the settings contradict the mode. */
export function decideMode(settings: ModeSettings): Mode {
  const url = readPublicUrl(settings.publicUrl);
  const isLocal = url === undefined || (url.protocol === 'http:' && LOOPBACK_NAMES.includes(url.hostname));
  const isPrivate = isLocal && (settings.host === undefined || isLoopbackAddress(settings.host));
  const corsOrigins = new Set(settings.corsOrigins.map(readOrigin));
  const moreHosts = settings.allowedHosts.map(readHost);
  if (!isLocal && url?.protocol === 'http:' && !settings.allowInsecureHttp) {
    throw new ConfigError(
      `MCP_PUBLIC_URL is http, which everybody on the way can read. Set MCP_PUBLIC_URL=https://${url.host}, or ALLOW_INSECURE_HTTP=true.`,
    );
  }
  if (!isPrivate && !settings['system.authRequired']) {
    throw new ConfigError(
      'AUTH_REQUIRED=false is possible only while nobody but this machine can connect. Remove the line, or remove HOST and MCP_PUBLIC_URL.',
    );
  }
  return {
    kind: isLocal ? 'local' : 'served',
    isPrivate,
    isHttps: url?.protocol === 'https:',
    at: port => (isLocal ? localFace(url, port, corsOrigins) : servedFace(url, moreHosts, corsOrigins)),
  };
}

function readPublicUrl(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.username !== '') {
    throw new ConfigError('MCP_PUBLIC_URL must be an address like https://mcp.example.com.');
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new ConfigError(`MCP_PUBLIC_URL has no path. Set MCP_PUBLIC_URL=${url.origin}.`);
  }
  return url;
}

function readOrigin(text: string): string {
  if (text === '*' || text === 'null') {
    throw new ConfigError(
      `ALLOWED_ORIGINS cannot hold ${text}. Name the origins, like https://app.example.com.`,
    );
  }
  const url = URL.parse(text);
  if (!url || (url.pathname !== '/' && url.pathname !== '')) {
    throw new ConfigError(`ALLOWED_ORIGINS must hold origins like https://app.example.com, not ${text}.`);
  }
  // Schemes that the URL standard does not know (vscode-webview://...) have the origin "null".
  return url.origin === 'null' ? text.toLowerCase() : url.origin;
}

function readHost(text: string): string {
  if (!/^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/.test(text)) {
    throw new ConfigError(
      `TRANSPORT_ALLOWED_HOSTS must hold hosts like mcp.internal or mcp.internal:8443, not ${text}.`,
    );
  }
  return text.toLowerCase();
}

function localFace(url: URL | undefined, port: number, corsOrigins: ReadonlySet<string>): PublicFace {
  const origin = `http://localhost:${url ? url.port || '80' : port}`.replace(/:80$/, '');
  const ports = new Set([String(port), url?.port || (url ? '80' : String(port))]);
  const hosts = new Set(
    LOOPBACK_NAMES.flatMap(name =>
      [...ports].flatMap(each => (each === '80' ? [name, `${name}:80`] : [`${name}:${each}`])),
    ),
  );
  return {
    origin,
    isHostAllowed: host => host !== undefined && hosts.has(host.toLowerCase()),
    isOriginAllowed: given => corsOrigins.has(given.toLowerCase()) || isLoopbackOrigin(given),
    hostRefusal: `This gateway is ${origin}`,
  };
}

function isLoopbackOrigin(origin: string): boolean {
  const url = URL.parse(origin);
  return (
    url !== null &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.origin === origin.toLowerCase() &&
    LOOPBACK_NAMES.includes(url.hostname)
  );
}

function servedFace(
  url: URL | undefined,
  moreHosts: readonly string[],
  corsOrigins: ReadonlySet<string>,
): PublicFace {
  const origin = url?.origin ?? '';
  const own = url
    ? [url.host, `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`]
    : [];
  const hosts = new Set([...own, ...moreHosts]);
  const withoutPort = (host: string) => host.replace(/:\d+$/, '');
  const anyPort = new Set(moreHosts.filter(host => withoutPort(host) === host));
  return {
    origin,
    isHostAllowed: host => {
      const given = host?.toLowerCase();
      return given !== undefined && (hosts.has(given) || anyPort.has(withoutPort(given)));
    },
    isOriginAllowed: given => given.toLowerCase() === origin || corsOrigins.has(given.toLowerCase()),
    hostRefusal: 'This gateway does not answer to that Host; see MCP_PUBLIC_URL and TRANSPORT_ALLOWED_HOSTS',
  };
}

/** What becomes of the tools of a server that is added: where others reach it, somebody looks first (C21). */
export function newToolsOf(
  { kind }: Mode,
  { 'upstream.newTools': chosen }: Pick<Settings, 'upstream.newTools'>,
): 'on' | 'review' | 'off' {
  if (chosen !== 'auto') return chosen;
  return kind === 'served' ? 'review' : 'on';
}

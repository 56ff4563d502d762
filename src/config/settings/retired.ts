const RAG = 'is not used: retrieval belongs to the MCP server that offers it, not to the gateway';

/** Environment names of version 1 that mean nothing here, each with the end of the sentence that says so. */
export const retiredNames: Readonly<Record<string, string>> = {
  MCP_TRUSTED_IPS:
    'is not used: an address proves nobody’s identity; give each program an API key instead (authmcp-gateway token create)',
  MCP_DEBUG: 'is not used: bodies are never logged; set LOG_LEVEL=debug for more lines',
  DISABLE_DNS_REBINDING: 'is not used: the Host check stays on; name more hosts with TRANSPORT_ALLOWED_HOSTS',
  RATE_LIMIT_CLEANUP_INTERVAL: 'is not used: counters vanish when their window ends',
  RAG_API_BASE_URL: RAG,
  RAG_API_BEARER: RAG,
  RAG_API_KEY: RAG,
  RAG_API_USERNAME: RAG,
  RAG_API_PASSWORD: RAG,
  DEFAULT_KB_ID: RAG,
  RETRIEVAL_CONFIG_PATH: RAG,
  RETRIEVAL_CONFIG_TTL_SECONDS: RAG,
};

/** Names that other programs of this package read. */
export const foreignNames: Readonly<Record<string, string>> = {
  GATEWAY_PORT: 'The port of the machine that `compose.yaml` publishes, 9105 by default.',
  AUTHMCP_CONFIG:
    'Path of the configuration file, like --config; without it ./authmcp.yaml (or .yml, .json).',
  AUTHMCP_ENV_FILE: 'Path of the file of environment lines, like --env-file; without it ./.env.',
};

/** One warning per retired name that is set. */
export function retiredWarnings(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(retiredNames)
    .filter(([name]) => (env[name] ?? '') !== '')
    .map(([name, says]) => `${name} ${says}.`);
}

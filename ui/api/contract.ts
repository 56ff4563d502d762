// Made by `npm run docs` from the schemas of the JSON API: what is asked and answered, and nothing of how.

type Nothing = { readonly [name: string]: never };

export type Operations = {
  'account.me': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: { id: string; name: string; email: string | null; full_name: string | null; role: "admin" | "auditor" | "user"; csrf_token: string; password_at: number };
  };
  'account.profile': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: { id: string; username: string; email: string | null; full_name: string | null; role: "admin" | "auditor" | "user"; is_active: boolean; is_superuser: boolean; groups: readonly (string)[]; created_at: string; last_login_at: string | null };
  };
  'account.edit-profile': {
    params: Nothing;
    query: Nothing;
    body: { email?: string | null; full_name?: string | null; was?: Record<string, unknown> };
    answer: { id: string; username: string; email: string | null; full_name: string | null; role: "admin" | "auditor" | "user"; is_active: boolean; is_superuser: boolean; groups: readonly (string)[]; created_at: string; last_login_at: string | null };
  };
  'account.consents': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: readonly ({ client_id: string; name: string; scopes: readonly (string)[]; redirect_uris: readonly (string)[]; since: string; used_at: string; sign_ins: number })[];
  };
  'account.withdraw-consent': {
    params: Nothing;
    query: { client_id: string };
    body: undefined;
    answer: { client_id: string; withdrawn: boolean };
  };
  'account.servers': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: { url: string; servers: readonly ({ name: string; title: string; url: string; enabled: boolean; answers: boolean })[] };
  };
  'account.clients': {
    params: Nothing;
    query: { server?: string };
    body: undefined;
    answer: readonly ({ id: string; title: string; needs_public_https: boolean; is_possible: boolean; sees: string; snippets: readonly ({ way: "oauth" | "key" | "stdio"; kind: "shell" | "json" | "toml" | "link" | "address"; where: string; text: string })[] })[];
  };
  'setup.state': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: { is_done: boolean; steps: readonly ({ id: "admin" | "server" | "client" | "call"; is_done: boolean; says: string | null; at: string | null })[] };
  };
  'account.password-check': {
    params: Nothing;
    query: Nothing;
    body: { password: string };
    answer: { password_at: number };
  };
  'account.password': {
    params: Nothing;
    query: Nothing;
    body: { current_password?: string; password: string };
    answer: undefined;
  };
  'account.sessions': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: readonly ({ id: string; address: string | null; user_agent: string | null; created_at: string; last_seen_at: string; expires_at: string; is_current: boolean })[];
  };
  'account.end-sessions': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: { ended: number };
  };
  'account.end-session': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { ended: number };
  };
  'account.keys': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: readonly ({ id: string; hint: string; name: string; user: { id: string; username: string }; scopes: readonly (string)[]; created_at: string; expires_at: string | null; is_expired: boolean; last_used_at: string | null; last_used_address: string | null })[];
  };
  'account.create-key': {
    params: Nothing;
    query: Nothing;
    body: { name: string; scopes?: readonly (string)[]; expires_in_days?: number | null };
    answer: { id: string; hint: string; name: string; user: { id: string; username: string }; scopes: readonly (string)[]; created_at: string; expires_at: string | null; is_expired: boolean; last_used_at: string | null; last_used_address: string | null; key: string };
  };
  'account.revoke-key': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { id: string; revoked: boolean };
  };
  'views.list': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: readonly ({ id: string; name: string; address: string; made_at: string | null })[];
  };
  'views.keep': {
    params: Nothing;
    query: Nothing;
    body: { name: string; address: string };
    answer: { id: string; name: string; address: string; made_at: string | null };
  };
  'views.rename': {
    params: { id: string };
    query: Nothing;
    body: { name: string };
    answer: undefined;
  };
  'views.remove': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: undefined;
  };
  'account.playground-token': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: { token: string; expires_at: number };
  };
  'account.connections': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: readonly ({ server: string; state: "never" | "connected" | "ended"; issuer: string | null; scopes: readonly (string)[]; since: string | null; refreshed: string | null; expires: string | null; refreshes: boolean; title: string; description: string | null; permitted: boolean })[];
  };
  'account.connect': {
    params: { server: string };
    query: Nothing;
    body: undefined;
    answer: { url: string };
  };
  'account.disconnect': {
    params: { server: string };
    query: Nothing;
    body: undefined;
    answer: { removed: boolean };
  };
  'account.refresh-connection': {
    params: { server: string };
    query: Nothing;
    body: undefined;
    answer: { server: string; state: "never" | "connected" | "ended"; issuer: string | null; scopes: readonly (string)[]; since: string | null; refreshed: string | null; expires: string | null; refreshes: boolean };
  };
  'servers.token-statuses': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: readonly ({ server_id: string; server_name: string; auth_type: string; status: "ok" | "warning" | "expired" | "never" | "unknown" | "none"; expires_at: string | null; oauth: { per: "user" | "gateway"; grant: string; connected: number; ended: number } | null })[];
  };
  'servers.token-audit-logs': {
    params: Nothing;
    query: { limit?: string; server_id?: string };
    body: undefined;
    answer: readonly ({ id: string; at: string | null; server_id: string; user_id: string | null; username: string | null; kind: "proactive" | "reactive" | "manual"; outcome: "refreshed" | "ended" | "failed" })[];
  };
  'servers.token-status': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { server_id: string; server_name: string; auth_type: string; status: "ok" | "warning" | "expired" | "never" | "unknown" | "none"; expires_at: string | null; oauth: { per: "user" | "gateway"; grant: string; connected: number; ended: number } | null };
  };
  'servers.refresh-token': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { server: string; state: "never" | "connected" | "ended"; issuer: string | null; scopes: readonly (string)[]; since: string | null; refreshed: string | null; expires: string | null; refreshes: boolean };
  };
  'servers.connect': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { url: string };
  };
  'servers.connections': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: readonly ({ user_id: string; username: string | null; state: "never" | "connected" | "ended"; issuer: string | null; scopes: readonly (string)[]; since: string | null; refreshed: string | null; expires: string | null; refreshes: boolean })[];
  };
  'servers.remove-connection': {
    params: { id: string; user: string };
    query: Nothing;
    body: undefined;
    answer: { removed: boolean };
  };
  'servers.list': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: readonly ({ id: string; name: string; title: string; description: string | null; source: "file" | "store"; type: "http" | "sse" | "stdio"; url: string | null; command: readonly (string)[] | null; cwd: string | null; env_names: readonly (string)[]; header_names: readonly (string)[]; prefix: string; tool_prefix: string; enabled: boolean; timeout: number; protocol: "auto" | "legacy" | "modern"; private: "allow" | "deny" | null; stateless: boolean; stateful: boolean; deduplicate: boolean; elicitation_hosts: readonly (string)[] | null; auth: { kind: string; hint: string | null; expires_at: number | null }; auth_type: string; endpoint: string; status: { state: "ready" | "down" | "unknown" | "disabled"; since: number | null; reason: string | null }; health: { state: "online" | "degraded" | "down" | "parked" | "unknown" | "disabled"; since: number | null; reason: string | null; says: string | null; checked_at: number | null; latency_ms: number | null; last_error: { at: number; reason: string; says: string } | null }; running: { calls: number; streams: number; sessions: number; is_paused: boolean }; last_health_check: string | null; last_error: string | null; protocols: readonly (string)[]; server_info: unknown; tools_count: number | null; suspicious_tools: number; prompts_count: number | null; resources_count: number | null; read_at: number | null })[];
  };
  'servers.create': {
    params: Nothing;
    query: Nothing;
    body: { name: string; url?: string; type?: "http" | "sse" | "stdio"; command?: string; args?: readonly (string)[]; env?: Record<string, string>; cwd?: string; auth?: { bearer: string } | { basic: string | { user: string; password: string } } | { headers: Record<string, string> } | { oauth: Record<string, unknown> } | { none: true }; auth_type?: "none" | "bearer" | "basic" | null; auth_token?: string | null; backend_token?: string | null; description?: string | null; headers?: Record<string, string>; prefix?: string; tool_prefix?: string | null; enabled?: boolean; timeout?: number | null; protocol?: "auto" | "legacy" | "modern"; private?: "allow" | "deny" | null; stateless?: boolean; stateful?: boolean; deduplicate?: boolean; elicitation_hosts?: readonly (string)[] | null; routing_strategy?: string | null };
    answer: { id: string; name: string; title: string; description: string | null; source: "file" | "store"; type: "http" | "sse" | "stdio"; url: string | null; command: readonly (string)[] | null; cwd: string | null; env_names: readonly (string)[]; header_names: readonly (string)[]; prefix: string; tool_prefix: string; enabled: boolean; timeout: number; protocol: "auto" | "legacy" | "modern"; private: "allow" | "deny" | null; stateless: boolean; stateful: boolean; deduplicate: boolean; elicitation_hosts: readonly (string)[] | null; auth: { kind: string; hint: string | null; expires_at: number | null }; auth_type: string; endpoint: string; status: { state: "ready" | "down" | "unknown" | "disabled"; since: number | null; reason: string | null }; health: { state: "online" | "degraded" | "down" | "parked" | "unknown" | "disabled"; since: number | null; reason: string | null; says: string | null; checked_at: number | null; latency_ms: number | null; last_error: { at: number; reason: string; says: string } | null }; running: { calls: number; streams: number; sessions: number; is_paused: boolean }; last_health_check: string | null; last_error: string | null; protocols: readonly (string)[]; server_info: unknown; tools_count: number | null; suspicious_tools: number; prompts_count: number | null; resources_count: number | null; read_at: number | null; warnings: readonly (string)[] };
  };
  'servers.get': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { id: string; name: string; title: string; description: string | null; source: "file" | "store"; type: "http" | "sse" | "stdio"; url: string | null; command: readonly (string)[] | null; cwd: string | null; env_names: readonly (string)[]; header_names: readonly (string)[]; prefix: string; tool_prefix: string; enabled: boolean; timeout: number; protocol: "auto" | "legacy" | "modern"; private: "allow" | "deny" | null; stateless: boolean; stateful: boolean; deduplicate: boolean; elicitation_hosts: readonly (string)[] | null; auth: { kind: string; hint: string | null; expires_at: number | null }; auth_type: string; endpoint: string; status: { state: "ready" | "down" | "unknown" | "disabled"; since: number | null; reason: string | null }; health: { state: "online" | "degraded" | "down" | "parked" | "unknown" | "disabled"; since: number | null; reason: string | null; says: string | null; checked_at: number | null; latency_ms: number | null; last_error: { at: number; reason: string; says: string } | null }; running: { calls: number; streams: number; sessions: number; is_paused: boolean }; last_health_check: string | null; last_error: string | null; protocols: readonly (string)[]; server_info: unknown; tools_count: number | null; suspicious_tools: number; prompts_count: number | null; resources_count: number | null; read_at: number | null };
  };
  'servers.update': {
    params: { id: string };
    query: Nothing;
    body: { name?: string; url?: string; type?: "http" | "sse" | "stdio"; command?: string; args?: readonly (string)[]; env?: Record<string, string>; cwd?: string; auth?: { bearer: string } | { basic: string | { user: string; password: string } } | { headers: Record<string, string> } | { oauth: Record<string, unknown> } | { none: true }; auth_type?: "none" | "bearer" | "basic" | null; auth_token?: string | null; backend_token?: string | null; description?: string | null; headers?: Record<string, string>; prefix?: string; tool_prefix?: string | null; enabled?: boolean; timeout?: number | null; protocol?: "auto" | "legacy" | "modern"; private?: "allow" | "deny" | null; stateless?: boolean; stateful?: boolean; deduplicate?: boolean; elicitation_hosts?: readonly (string)[] | null; routing_strategy?: string | null; was?: Record<string, unknown> };
    answer: { id: string; name: string; title: string; description: string | null; source: "file" | "store"; type: "http" | "sse" | "stdio"; url: string | null; command: readonly (string)[] | null; cwd: string | null; env_names: readonly (string)[]; header_names: readonly (string)[]; prefix: string; tool_prefix: string; enabled: boolean; timeout: number; protocol: "auto" | "legacy" | "modern"; private: "allow" | "deny" | null; stateless: boolean; stateful: boolean; deduplicate: boolean; elicitation_hosts: readonly (string)[] | null; auth: { kind: string; hint: string | null; expires_at: number | null }; auth_type: string; endpoint: string; status: { state: "ready" | "down" | "unknown" | "disabled"; since: number | null; reason: string | null }; health: { state: "online" | "degraded" | "down" | "parked" | "unknown" | "disabled"; since: number | null; reason: string | null; says: string | null; checked_at: number | null; latency_ms: number | null; last_error: { at: number; reason: string; says: string } | null }; running: { calls: number; streams: number; sessions: number; is_paused: boolean }; last_health_check: string | null; last_error: string | null; protocols: readonly (string)[]; server_info: unknown; tools_count: number | null; suspicious_tools: number; prompts_count: number | null; resources_count: number | null; read_at: number | null; warnings: readonly (string)[] };
  };
  'servers.remove': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { id: string; removed: boolean };
  };
  'servers.health': {
    params: { id: string };
    query: { limit?: string };
    body: undefined;
    answer: { state: "online" | "degraded" | "down" | "parked" | "unknown" | "disabled"; since: number | null; reason: string | null; says: string | null; checked_at: number | null; latency_ms: number | null; last_error: { at: number; reason: string; says: string } | null; server: string; history: readonly ({ state: "online" | "degraded" | "down" | "parked" | "unknown" | "disabled"; reason: string | null; says: string | null; latency_ms: number | null; at: number })[] };
  };
  'servers.log': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { server: string; processes: readonly ({ username: string | null; lines: readonly (string)[] })[] };
  };
  'servers.changes': {
    params: { id: string };
    query: { since?: string; until?: string; limit?: string; before?: string };
    body: undefined;
    answer: { entries: readonly ({ kind: "tool" | "prompt" | "resource" | "template" | "instructions" | "all"; name: string | null; change: "added" | "removed" | "changed" | "many"; fields: readonly ({ field: string; before: string | null; after: string | null })[]; more: number; hashes: { before: string | null; after: string | null } | null; action: "logged" | "switched off" | "withheld"; count: number; id: string; at: string | null })[]; next: string | null };
  };
  'servers.probe': {
    params: Nothing;
    query: Nothing;
    body: { name: string; url?: string; type?: "http" | "sse" | "stdio"; command?: string; args?: readonly (string)[]; env?: Record<string, string>; cwd?: string; auth?: { bearer: string } | { basic: string | { user: string; password: string } } | { headers: Record<string, string> } | { oauth: Record<string, unknown> } | { none: true }; auth_type?: "none" | "bearer" | "basic" | null; auth_token?: string | null; backend_token?: string | null; description?: string | null; headers?: Record<string, string>; prefix?: string; tool_prefix?: string | null; enabled?: boolean; timeout?: number | null; protocol?: "auto" | "legacy" | "modern"; private?: "allow" | "deny" | null; stateless?: boolean; stateful?: boolean; deduplicate?: boolean; elicitation_hosts?: readonly (string)[] | null; routing_strategy?: string | null };
    answer: { status: "online" | "offline" | "reachable"; response_time_ms: number; protocols: readonly (string)[]; server_info: unknown; tools_count: number; tools: readonly (string)[]; prompts: readonly (string)[]; resources: readonly (string)[]; error: string | null; checked_at: number };
  };
  'servers.test': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { status: "online" | "offline" | "reachable"; response_time_ms: number; protocols: readonly (string)[]; server_info: unknown; tools_count: number; tools: readonly (string)[]; prompts: readonly (string)[]; resources: readonly (string)[]; error: string | null; checked_at: number; server_id: string; server_name: string };
  };
  'servers.prompts': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: readonly ({ name: string; exposed: string | null; definition: unknown })[];
  };
  'servers.resources': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: readonly ({ name: string; exposed: string | null; definition: unknown })[];
  };
  'servers.resource-templates': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: readonly ({ name: string; exposed: string | null; definition: unknown })[];
  };
  'servers.tools': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: readonly ({ name: string; exposed: string | null; definition: unknown; tier: "read" | "write" | "destructive"; state: "on" | "off" | "awaits review"; why: string | null; suspicious: readonly ({ reason: string; kind: string; place: string; at: number; excerpt: string })[] })[];
  };
  'servers.switch-tools': {
    params: { id: string };
    query: Nothing;
    body: { switches?: Record<string, boolean | null>; prompts?: Record<string, boolean>; instructions?: boolean; new_tools?: "on" | "review" | "off"; seen?: true };
    answer: { server: string; new_tools: "on" | "review" | "off"; seen_at: number | null; seen_by: string | null; tools: readonly ({ name: string; exposed: string | null; definition: unknown; tier: "read" | "write" | "destructive"; state: "on" | "off" | "awaits review"; why: string | null; suspicious: readonly ({ reason: string; kind: string; place: string; at: number; excerpt: string })[] })[]; withheld: { prompts: readonly (string)[]; instructions: boolean } };
  };
  'servers.withheld': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { prompts: readonly (string)[]; instructions: string | null };
  };
  'tools.search': {
    params: Nothing;
    query: { q: string };
    body: undefined;
    answer: readonly ({ server: string; name: string; exposed: string; tier: "read" | "write" | "destructive" })[];
  };
  'tool-mappings.list': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: readonly ({ name: string; server: string; tool: string; changed_at: string | null; changed_by: string })[];
  };
  'tool-mappings.put': {
    params: { name: string };
    query: Nothing;
    body: { server: string; tool: string; was?: Record<string, unknown> };
    answer: { name: string; server: string; tool: string; changed_at: string | null; changed_by: string };
  };
  'tool-mappings.delete': {
    params: { name: string };
    query: Nothing;
    body: undefined;
    answer: undefined;
  };
  'servers.import': {
    params: Nothing;
    query: Nothing;
    body: { text: string; preview?: boolean; name?: string };
    answer: { added: readonly ({ id: string; name: string; title: string; description: string | null; source: "file" | "store"; type: "http" | "sse" | "stdio"; url: string | null; command: readonly (string)[] | null; cwd: string | null; env_names: readonly (string)[]; header_names: readonly (string)[]; prefix: string; tool_prefix: string; enabled: boolean; timeout: number; protocol: "auto" | "legacy" | "modern"; private: "allow" | "deny" | null; stateless: boolean; stateful: boolean; deduplicate: boolean; elicitation_hosts: readonly (string)[] | null; auth: { kind: string; hint: string | null; expires_at: number | null }; auth_type: string; endpoint: string; status: { state: "ready" | "down" | "unknown" | "disabled"; since: number | null; reason: string | null }; health: { state: "online" | "degraded" | "down" | "parked" | "unknown" | "disabled"; since: number | null; reason: string | null; says: string | null; checked_at: number | null; latency_ms: number | null; last_error: { at: number; reason: string; says: string } | null }; running: { calls: number; streams: number; sessions: number; is_paused: boolean }; last_health_check: string | null; last_error: string | null; protocols: readonly (string)[]; server_info: unknown; tools_count: number | null; suspicious_tools: number; prompts_count: number | null; resources_count: number | null; read_at: number | null })[]; refused: readonly ({ name: string; field: string | null; message: string })[]; warnings: readonly (string)[] };
  };
  'users.list': {
    params: Nothing;
    query: { q?: string; role?: "admin" | "auditor" | "user"; status?: "active" | "disabled"; group?: string; limit?: string; after?: string };
    body: undefined;
    answer: readonly ({ id: string; username: string; email: string | null; full_name: string | null; role: "admin" | "auditor" | "user"; is_active: boolean; is_superuser: boolean; groups: readonly (string)[]; created_at: string; last_login_at: string | null })[];
  };
  'users.create': {
    params: Nothing;
    query: Nothing;
    body: { username: string; email?: string | null; full_name?: string | null; password?: string | null; role?: "admin" | "auditor" | "user"; is_superuser?: boolean; groups?: readonly (string)[] };
    answer: { id: string; username: string; email: string | null; full_name: string | null; role: "admin" | "auditor" | "user"; is_active: boolean; is_superuser: boolean; groups: readonly (string)[]; created_at: string; last_login_at: string | null };
  };
  'users.get': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { id: string; username: string; email: string | null; full_name: string | null; role: "admin" | "auditor" | "user"; is_active: boolean; is_superuser: boolean; groups: readonly (string)[]; created_at: string; last_login_at: string | null };
  };
  'users.update': {
    params: { id: string };
    query: Nothing;
    body: { username?: string; email?: string | null; full_name?: string | null; was?: Record<string, unknown> };
    answer: { id: string; username: string; email: string | null; full_name: string | null; role: "admin" | "auditor" | "user"; is_active: boolean; is_superuser: boolean; groups: readonly (string)[]; created_at: string; last_login_at: string | null };
  };
  'users.remove': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { id: string; removed: boolean };
  };
  'users.role': {
    params: { id: string };
    query: Nothing;
    body: { role: "admin" | "auditor" | "user" };
    answer: { id: string; username: string; email: string | null; full_name: string | null; role: "admin" | "auditor" | "user"; is_active: boolean; is_superuser: boolean; groups: readonly (string)[]; created_at: string; last_login_at: string | null };
  };
  'users.superuser': {
    params: { id: string };
    query: Nothing;
    body: { is_superuser?: boolean };
    answer: { id: string; username: string; email: string | null; full_name: string | null; role: "admin" | "auditor" | "user"; is_active: boolean; is_superuser: boolean; groups: readonly (string)[]; created_at: string; last_login_at: string | null };
  };
  'users.status': {
    params: { id: string };
    query: Nothing;
    body: { is_active: boolean };
    answer: { id: string; username: string; email: string | null; full_name: string | null; role: "admin" | "auditor" | "user"; is_active: boolean; is_superuser: boolean; groups: readonly (string)[]; created_at: string; last_login_at: string | null };
  };
  'users.password': {
    params: { id: string };
    query: Nothing;
    body: { password: string };
    answer: undefined;
  };
  'users.sessions': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: readonly ({ id: string; address: string | null; user_agent: string | null; created_at: string; last_seen_at: string; expires_at: string; is_current: boolean })[];
  };
  'users.end-sessions': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { ended: number };
  };
  'users.end-session': {
    params: { id: string; session: string };
    query: Nothing;
    body: undefined;
    answer: { ended: number };
  };
  'presence.list': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: readonly ({ user_id: string; sessions: number; keys: number; programs: readonly (string)[]; last_seen_at: string | null })[];
  };
  'users.holdings': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { has_password: boolean; sessions: readonly ({ id: string; address: string | null; user_agent: string | null; created_at: string; last_seen_at: string; expires_at: string; is_current: boolean })[]; logins: number; programs: readonly ({ client_id: string; name: string; scopes: readonly (string)[]; redirect_uris: readonly (string)[]; since: string; used_at: string; sign_ins: number })[]; keys: readonly ({ id: string; hint: string; name: string; user: { id: string; username: string }; scopes: readonly (string)[]; created_at: string; expires_at: string | null; is_expired: boolean; last_used_at: string | null; last_used_address: string | null })[]; accounts: readonly ({ server: string; state: "never" | "connected" | "ended"; issuer: string | null; scopes: readonly (string)[]; since: string | null; refreshed: string | null; expires: string | null; refreshes: boolean })[] };
  };
  'users.revoke': {
    params: { id: string };
    query: Nothing;
    body: { disable?: boolean };
    answer: { ended: { sessions: number; logins: number; sign_ins: number; consents: number; keys: number; links: number; accounts: number }; stays: readonly (string)[]; is_active: boolean; took_ms: number };
  };
  'consents.list': {
    params: Nothing;
    query: { user?: string; client_id?: string };
    body: undefined;
    answer: readonly ({ client_id: string; name: string; scopes: readonly (string)[]; redirect_uris: readonly (string)[]; since: string; used_at: string; sign_ins: number; user: { id: string; username: string } })[];
  };
  'consents.withdraw': {
    params: Nothing;
    query: { user: string; client_id: string };
    body: undefined;
    answer: { client_id: string; withdrawn: boolean };
  };
  'groups.list': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: readonly ({ id: string; name: string; description: string | null; members: readonly ({ id: string; username: string })[]; created_at: string })[];
  };
  'groups.create': {
    params: Nothing;
    query: Nothing;
    body: { name: string; description?: string | null };
    answer: { id: string; name: string; description: string | null; members: readonly ({ id: string; username: string })[]; created_at: string };
  };
  'groups.get': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { id: string; name: string; description: string | null; members: readonly ({ id: string; username: string })[]; created_at: string };
  };
  'groups.update': {
    params: { id: string };
    query: Nothing;
    body: { name?: string; description?: string | null; was?: Record<string, unknown> };
    answer: { id: string; name: string; description: string | null; members: readonly ({ id: string; username: string })[]; created_at: string };
  };
  'groups.remove': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { id: string; removed: boolean };
  };
  'groups.add-member': {
    params: { id: string; user: string };
    query: Nothing;
    body: undefined;
    answer: { id: string; name: string; description: string | null; members: readonly ({ id: string; username: string })[]; created_at: string };
  };
  'groups.remove-member': {
    params: { id: string; user: string };
    query: Nothing;
    body: undefined;
    answer: { id: string; name: string; description: string | null; members: readonly ({ id: string; username: string })[]; created_at: string };
  };
  'keys.list': {
    params: Nothing;
    query: { user?: string; limit?: string };
    body: undefined;
    answer: readonly ({ id: string; hint: string; name: string; user: { id: string; username: string }; scopes: readonly (string)[]; created_at: string; expires_at: string | null; is_expired: boolean; last_used_at: string | null; last_used_address: string | null })[];
  };
  'keys.create': {
    params: Nothing;
    query: Nothing;
    body: { name: string; scopes?: readonly (string)[]; expires_in_days?: number | null; user: string };
    answer: { id: string; hint: string; name: string; user: { id: string; username: string }; scopes: readonly (string)[]; created_at: string; expires_at: string | null; is_expired: boolean; last_used_at: string | null; last_used_address: string | null; key: string };
  };
  'keys.revoke': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { id: string; revoked: boolean };
  };
  'invites.list': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: readonly ({ id: string; kind: "invite" | "reset"; user: { id: string; username: string } | null; role: "admin" | "auditor" | "user"; groups: readonly (string)[]; email: string | null; note: string | null; made_by: string; created_at: string; expires_at: string })[];
  };
  'invites.create': {
    params: Nothing;
    query: Nothing;
    body: { role?: "admin" | "auditor" | "user"; groups?: readonly (string)[]; email?: string | null; full_name?: string | null; note?: string | null };
    answer: { id: string; url: string; expires_at: string };
  };
  'invites.remove': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { id: string; removed: boolean };
  };
  'users.reset-link': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { id: string; url: string; expires_at: string };
  };
  'grants.list': {
    params: Nothing;
    query: { subject?: string; server?: string; effect?: "allow" | "deny" };
    body: undefined;
    answer: readonly ({ id: string; effect: "allow" | "deny"; server: string; kind: "all" | "tool" | "prompt" | "resource"; pattern: string; tier: "read" | "write" | "destructive" | null; note: string | null; subject: string; subject_kind: string; subject_id: string | null; says: string; source: "file" | "store"; created_at: number | null; created_by: string })[];
  };
  'grants.create': {
    params: Nothing;
    query: Nothing;
    body: { subject: string; server: string; effect?: "allow" | "deny"; kind?: "all" | "tool" | "prompt" | "resource"; pattern?: string; tier?: "read" | "write" | "destructive" | null; note?: string | null };
    answer: { id: string; effect: "allow" | "deny"; server: string; kind: "all" | "tool" | "prompt" | "resource"; pattern: string; tier: "read" | "write" | "destructive" | null; note: string | null; subject: string; subject_kind: string; subject_id: string | null; says: string; source: "file" | "store"; created_at: number | null; created_by: string };
  };
  'grants.update': {
    params: { id: string };
    query: Nothing;
    body: { effect?: "allow" | "deny"; server?: string; kind?: "all" | "tool" | "prompt" | "resource"; pattern?: string; tier?: "read" | "write" | "destructive" | null; note?: string | null };
    answer: { id: string; effect: "allow" | "deny"; server: string; kind: "all" | "tool" | "prompt" | "resource"; pattern: string; tier: "read" | "write" | "destructive" | null; note: string | null; subject: string; subject_kind: string; subject_id: string | null; says: string; source: "file" | "store"; created_at: number | null; created_by: string };
  };
  'grants.remove': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { id: string; removed: boolean };
  };
  'grants.preview': {
    params: Nothing;
    query: Nothing;
    body: { add?: readonly ({ subject: string; server: string; effect?: "allow" | "deny"; kind?: "all" | "tool" | "prompt" | "resource"; pattern?: string; tier?: "read" | "write" | "destructive" | null; note?: string | null })[]; remove?: readonly (string)[] };
    answer: { says: string; effect: string; people: readonly ({ id: string; username: string; gains: readonly (string)[]; loses: readonly (string)[]; gains_count: number; loses_count: number; gains_servers: readonly (string)[]; loses_servers: readonly (string)[] })[] };
  };
  'grants.save': {
    params: Nothing;
    query: Nothing;
    body: { add?: readonly ({ subject: string; server: string; effect?: "allow" | "deny"; kind?: "all" | "tool" | "prompt" | "resource"; pattern?: string; tier?: "read" | "write" | "destructive" | null; note?: string | null })[]; remove?: readonly (string)[]; was?: Record<string, unknown> };
    answer: { added: readonly ({ id: string; effect: "allow" | "deny"; server: string; kind: "all" | "tool" | "prompt" | "resource"; pattern: string; tier: "read" | "write" | "destructive" | null; note: string | null; subject: string; subject_kind: string; subject_id: string | null; says: string; source: "file" | "store"; created_at: number | null; created_by: string })[]; removed: readonly (string)[] };
  };
  'users.catalogue': {
    params: { id: string };
    query: { client?: string };
    body: undefined;
    answer: readonly ({ server: string; tools: readonly ({ name: string; exposed: string; tier: "read" | "write" | "destructive" })[]; prompts: readonly (string)[]; resources: readonly (string)[] })[];
  };
  'users.mcp-permissions': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: readonly ({ server_id: string; server_name: string; can_access: boolean; source: "default" | "explicit" })[];
  };
  'users.set-mcp-permission': {
    params: { id: string };
    query: Nothing;
    body: { server_id: string; can_access: boolean | null };
    answer: { server_id: string; server_name: string; can_access: boolean; source: "default" | "explicit" };
  };
  'explain': {
    params: Nothing;
    query: { user?: string; client?: string; key?: string; server?: string; tool?: string; prompt?: string; resource?: string };
    body: undefined;
    answer: { allowed: boolean; because: string; says: string; user: string; role: string; server: string; kind: "tool" | "prompt" | "resource"; name: string; tier: "read" | "write" | "destructive"; listed: boolean; rule: { id: string; effect: "allow" | "deny"; server: string; kind: "all" | "tool" | "prompt" | "resource"; pattern: string; tier: "read" | "write" | "destructive" | null; note: string | null; subject: string; subject_kind: string; subject_id: string | null; says: string; source: "file" | "store"; created_at: number | null; created_by: string } | null; rules: readonly ({ id: string; effect: "allow" | "deny"; server: string; kind: "all" | "tool" | "prompt" | "resource"; pattern: string; tier: "read" | "write" | "destructive" | null; note: string | null; subject: string; subject_kind: string; subject_id: string | null; says: string; source: "file" | "store"; created_at: number | null; created_by: string })[] };
  };
  'limits.list': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: readonly ({ subject: string; requests: number | null; concurrent: number | null; bytes_in: number | null; bytes_out: number | null; window: number | null; changed_at: number; changed_by: string })[];
  };
  'limits.put': {
    params: Nothing;
    query: Nothing;
    body: { subject: string; requests?: number | null; concurrent?: number | null; bytes_in?: number | null; bytes_out?: number | null; window?: number | null; was?: Record<string, unknown> };
    answer: { subject: string; requests: number | null; concurrent: number | null; bytes_in: number | null; bytes_out: number | null; window: number | null; changed_at: number; changed_by: string };
  };
  'limits.remove': {
    params: Nothing;
    query: { subject: string };
    body: undefined;
    answer: { subject: string; removed: boolean };
  };
  'settings.list': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: { settings: readonly ({ key: string; value: unknown; is_set: boolean; default: unknown; from: "flag" | "environment" | "file" | "stored" | "default"; by: string | null; pinned: string | null; about: string; expects: string; env: readonly (string)[]; applies: "live" | "restart" | "outside"; needs_restart: boolean; is_secret: boolean; is_security: boolean; is_later: boolean })[] };
  };
  'settings.replace': {
    params: Nothing;
    query: Nothing;
    body: { 'stdio.idleMinutes'?: unknown; 'stdio.maxProcesses'?: unknown; 'stdio.parallelStarts'?: unknown; 'jwt.accessTokenExpireMinutes'?: unknown; 'jwt.refreshTokenExpireDays'?: unknown; 'jwt.refreshTokenMaxDays'?: unknown; 'jwt.enforceSingleSession'?: unknown; 'browserSession.maxMinutes'?: unknown; 'browserSession.idleMinutes'?: unknown; 'session.hours'?: unknown; 'system.allowRegistration'?: unknown; 'system.allowDcr'?: unknown; 'system.cimd'?: unknown; 'dcr.requireInitialToken'?: unknown; 'dcr.unusedDays'?: unknown; 'passwordPolicy.minLength'?: unknown; 'passwordPolicy.requireUppercase'?: unknown; 'passwordPolicy.requireLowercase'?: unknown; 'passwordPolicy.requireDigit'?: unknown; 'passwordPolicy.requireSpecial'?: unknown; 'rateLimit.enabled'?: unknown; 'rateLimit.mcp.max'?: unknown; 'rateLimit.mcp.window'?: unknown; 'rateLimit.mcp.burst'?: unknown; 'rateLimit.client.max'?: unknown; 'rateLimit.key.max'?: unknown; 'rateLimit.server.max'?: unknown; 'rateLimit.login.max'?: unknown; 'rateLimit.login.window'?: unknown; 'rateLimit.register.max'?: unknown; 'rateLimit.register.window'?: unknown; 'rateLimit.dcr.max'?: unknown; 'rateLimit.dcr.window'?: unknown; 'rateLimit.failedAuth.max'?: unknown; 'rateLimit.failedAuth.window'?: unknown; 'limits.bodyBytes'?: unknown; pageSize?: unknown; 'upstream.private'?: unknown; 'upstream.clientMetadataUrl'?: unknown; 'upstream.timeoutSeconds'?: unknown; 'upstream.newTools'?: unknown; 'health.timeoutSeconds'?: unknown; 'health.intervalSeconds'?: unknown; 'health.slowMs'?: unknown; 'tokenRefresh.intervalSeconds'?: unknown; 'tokenRefresh.thresholdMinutes'?: unknown; 'tokenRefresh.timeoutSeconds'?: unknown; 'ledger.enabled'?: unknown; 'ledger.daysToKeep'?: unknown; 'ledger.maxMb'?: unknown; 'ledger.maxRows'?: unknown; 'ledger.checkIntervalSeconds'?: unknown; 'ledger.archiveEnabled'?: unknown; 'ledger.archiveFileMb'?: unknown; 'ledger.archiveMaxMb'?: unknown; 'ledger.auditDaysToKeep'?: unknown; 'ui.mcpActivityWindowSeconds'?: unknown; 'detectors.control_characters'?: unknown; 'detectors.path_traversal'?: unknown; 'detectors.command_injection'?: unknown; 'detectors.template_injection'?: unknown; 'detectors.secrets'?: unknown; 'detectors.oversize'?: unknown; 'detectors.tool_changed'?: unknown; 'detectors.definition_suspicious'?: unknown; 'detectors.name_collision'?: unknown; 'detectors.elicitation_url'?: unknown; 'detectors.elicitation_secret'?: unknown; 'detectors.connect_refused'?: unknown; 'detectors.connect_hijack'?: unknown; 'detectors.unauthorized_access'?: unknown; 'detectors.invalid_token'?: unknown; 'detectors.auth_failed'?: unknown; 'detectors.brute_force'?: unknown; 'detectors.token_reuse'?: unknown; 'detectors.oauth_refused'?: unknown; 'detectors.session_hijack'?: unknown; 'detectors.session_refused'?: unknown; 'detectors.origin_rejected'?: unknown; 'detectors.permission_denied'?: unknown; 'detectors.rate_limited'?: unknown; 'detectors.ssrf_blocked'?: unknown; 'detectors.admin_action'?: unknown; 'detectors.key_rotated'?: unknown; 'detectors.blockMinutes'?: unknown; 'detectors.oversizeBytes'?: unknown; 'compat.securitySchemes'?: unknown; 'compat.toolNamesAsMethods'?: unknown; was?: Record<string, unknown> };
    answer: { success: true; changed: readonly (string)[]; needs_restart: readonly (string)[] };
  };
  'settings.update': {
    params: Nothing;
    query: Nothing;
    body: { 'stdio.idleMinutes'?: unknown; 'stdio.maxProcesses'?: unknown; 'stdio.parallelStarts'?: unknown; 'jwt.accessTokenExpireMinutes'?: unknown; 'jwt.refreshTokenExpireDays'?: unknown; 'jwt.refreshTokenMaxDays'?: unknown; 'jwt.enforceSingleSession'?: unknown; 'browserSession.maxMinutes'?: unknown; 'browserSession.idleMinutes'?: unknown; 'session.hours'?: unknown; 'system.allowRegistration'?: unknown; 'system.allowDcr'?: unknown; 'system.cimd'?: unknown; 'dcr.requireInitialToken'?: unknown; 'dcr.unusedDays'?: unknown; 'passwordPolicy.minLength'?: unknown; 'passwordPolicy.requireUppercase'?: unknown; 'passwordPolicy.requireLowercase'?: unknown; 'passwordPolicy.requireDigit'?: unknown; 'passwordPolicy.requireSpecial'?: unknown; 'rateLimit.enabled'?: unknown; 'rateLimit.mcp.max'?: unknown; 'rateLimit.mcp.window'?: unknown; 'rateLimit.mcp.burst'?: unknown; 'rateLimit.client.max'?: unknown; 'rateLimit.key.max'?: unknown; 'rateLimit.server.max'?: unknown; 'rateLimit.login.max'?: unknown; 'rateLimit.login.window'?: unknown; 'rateLimit.register.max'?: unknown; 'rateLimit.register.window'?: unknown; 'rateLimit.dcr.max'?: unknown; 'rateLimit.dcr.window'?: unknown; 'rateLimit.failedAuth.max'?: unknown; 'rateLimit.failedAuth.window'?: unknown; 'limits.bodyBytes'?: unknown; pageSize?: unknown; 'upstream.private'?: unknown; 'upstream.clientMetadataUrl'?: unknown; 'upstream.timeoutSeconds'?: unknown; 'upstream.newTools'?: unknown; 'health.timeoutSeconds'?: unknown; 'health.intervalSeconds'?: unknown; 'health.slowMs'?: unknown; 'tokenRefresh.intervalSeconds'?: unknown; 'tokenRefresh.thresholdMinutes'?: unknown; 'tokenRefresh.timeoutSeconds'?: unknown; 'ledger.enabled'?: unknown; 'ledger.daysToKeep'?: unknown; 'ledger.maxMb'?: unknown; 'ledger.maxRows'?: unknown; 'ledger.checkIntervalSeconds'?: unknown; 'ledger.archiveEnabled'?: unknown; 'ledger.archiveFileMb'?: unknown; 'ledger.archiveMaxMb'?: unknown; 'ledger.auditDaysToKeep'?: unknown; 'ui.mcpActivityWindowSeconds'?: unknown; 'detectors.control_characters'?: unknown; 'detectors.path_traversal'?: unknown; 'detectors.command_injection'?: unknown; 'detectors.template_injection'?: unknown; 'detectors.secrets'?: unknown; 'detectors.oversize'?: unknown; 'detectors.tool_changed'?: unknown; 'detectors.definition_suspicious'?: unknown; 'detectors.name_collision'?: unknown; 'detectors.elicitation_url'?: unknown; 'detectors.elicitation_secret'?: unknown; 'detectors.connect_refused'?: unknown; 'detectors.connect_hijack'?: unknown; 'detectors.unauthorized_access'?: unknown; 'detectors.invalid_token'?: unknown; 'detectors.auth_failed'?: unknown; 'detectors.brute_force'?: unknown; 'detectors.token_reuse'?: unknown; 'detectors.oauth_refused'?: unknown; 'detectors.session_hijack'?: unknown; 'detectors.session_refused'?: unknown; 'detectors.origin_rejected'?: unknown; 'detectors.permission_denied'?: unknown; 'detectors.rate_limited'?: unknown; 'detectors.ssrf_blocked'?: unknown; 'detectors.admin_action'?: unknown; 'detectors.key_rotated'?: unknown; 'detectors.blockMinutes'?: unknown; 'detectors.oversizeBytes'?: unknown; 'compat.securitySchemes'?: unknown; 'compat.toolNamesAsMethods'?: unknown; was?: Record<string, unknown> };
    answer: { success: true; changed: readonly (string)[]; needs_restart: readonly (string)[] };
  };
  'system.show': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: { version: string; commit: string | null; node: string; platform: string; mode: "local" | "served"; origin: string; started_at: string; database: "sqlite" | "postgres"; config_file: string; data_dir: string; files: readonly ({ name: string; bytes: number })[]; disk: { free_bytes: number; total_bytes: number } | null; signing_keys: readonly ({ kid: string; algorithm: string; state: string; created_at: string })[]; data_keys: { count: number; unreadable: number }; memory_bytes: number };
  };
  'oauth-clients.list': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: readonly ({ client_id: string; client_name?: string | null; source: string; redirect_uris?: readonly (string)[]; auth_method?: string; has_secret?: boolean; scopes?: unknown; user_id?: string | null; access_ttl_ms?: number | null; refresh_ttl_ms?: number | null; createdAt?: number | null; createdAddress?: string | null; lastSeenAt?: number | null; lastAddress?: string | null; lastAgent?: string | null; lastTokenAt?: number | null })[];
  };
  'oauth-clients.create': {
    params: Nothing;
    query: Nothing;
    body: { client_name: string; redirect_uris?: readonly (string)[]; auth?: "none" | "secret" | "key"; jwks_uri?: string | null; user?: string | null; scopes?: readonly (string)[] | null; device?: boolean; access_ttl_ms?: number | null; refresh_ttl_ms?: number | null };
    answer: { client_id: string; client_name?: string | null; source: string; redirect_uris?: readonly (string)[]; auth_method?: string; has_secret?: boolean; scopes?: unknown; user_id?: string | null; access_ttl_ms?: number | null; refresh_ttl_ms?: number | null; createdAt?: number | null; createdAddress?: string | null; lastSeenAt?: number | null; lastAddress?: string | null; lastAgent?: string | null; lastTokenAt?: number | null; client_secret?: string };
  };
  'oauth-clients.update-by-url': {
    params: Nothing;
    query: { client_id: string };
    body: { access_ttl_ms?: number | null; refresh_ttl_ms?: number | null; was?: Record<string, unknown> };
    answer: { client_id: string; client_name?: string | null; source: string; redirect_uris?: readonly (string)[]; auth_method?: string; has_secret?: boolean; scopes?: unknown; user_id?: string | null; access_ttl_ms?: number | null; refresh_ttl_ms?: number | null; createdAt?: number | null; createdAddress?: string | null; lastSeenAt?: number | null; lastAddress?: string | null; lastAgent?: string | null; lastTokenAt?: number | null };
  };
  'oauth-clients.remove-by-url': {
    params: Nothing;
    query: { client_id: string };
    body: undefined;
    answer: { client_id: string; removed: boolean };
  };
  'oauth-clients.get': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { client_id: string; client_name?: string | null; source: string; redirect_uris?: readonly (string)[]; auth_method?: string; has_secret?: boolean; scopes?: unknown; user_id?: string | null; access_ttl_ms?: number | null; refresh_ttl_ms?: number | null; createdAt?: number | null; createdAddress?: string | null; lastSeenAt?: number | null; lastAddress?: string | null; lastAgent?: string | null; lastTokenAt?: number | null };
  };
  'oauth-clients.update': {
    params: { id: string };
    query: Nothing;
    body: { access_ttl_ms?: number | null; refresh_ttl_ms?: number | null; was?: Record<string, unknown> };
    answer: { client_id: string; client_name?: string | null; source: string; redirect_uris?: readonly (string)[]; auth_method?: string; has_secret?: boolean; scopes?: unknown; user_id?: string | null; access_ttl_ms?: number | null; refresh_ttl_ms?: number | null; createdAt?: number | null; createdAddress?: string | null; lastSeenAt?: number | null; lastAddress?: string | null; lastAgent?: string | null; lastTokenAt?: number | null };
  };
  'oauth-clients.remove': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { client_id: string; removed: boolean };
  };
  'oauth-clients.rotate': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { client_id: string; client_secret: string };
  };
  'activity.list': {
    params: Nothing;
    query: { since?: string; until?: string; limit?: string; before?: string; id?: string; user_id?: string; client?: string; server?: string; method?: string; target?: string; outcome?: "ok" | "error" | "refused" | "cancelled"; fault?: string; session?: string; address?: string; era?: string; bridged?: "0" | "1"; tier?: "read" | "write" | "destructive"; not_user_id?: string; not_client?: string; not_server?: string; not_method?: string; not_target?: string; not_outcome?: "ok" | "error" | "refused" | "cancelled"; not_fault?: string };
    body: undefined;
    answer: { entries: readonly ({ id: string; at: string | null; user_id: string | null; username: string | null; credential: string | null; client: string | null; client_name: string | null; user_agent: string | null; address: string | null; endpoint: string; era: string | null; server_era: string | null; bridged: boolean; session: string | null; method: string | null; server: string | null; target: string | null; outcome: "ok" | "error" | "refused" | "cancelled"; fault: string | null; code: number | null; status: number; duration_ms: number; upstream_ms: number | null; auth_ms: number | null; route_ms: number | null; connect_ms: number | null; server_ms: number | null; relay_ms: number | null; sent_again: readonly ("session_lost" | "connection_failed")[]; gateway_ms: number | null; bytes_in: number; bytes_out: number; count: number; trace_id: string | null })[]; next: string | null };
  };
  'activity.summary': {
    params: Nothing;
    query: { since?: string; until?: string; id?: string; user_id?: string; client?: string; server?: string; method?: string; target?: string; outcome?: "ok" | "error" | "refused" | "cancelled"; fault?: string; session?: string; address?: string; era?: string; bridged?: "0" | "1"; tier?: "read" | "write" | "destructive"; not_user_id?: string; not_client?: string; not_server?: string; not_method?: string; not_target?: string; not_outcome?: "ok" | "error" | "refused" | "cancelled"; not_fault?: string };
    body: undefined;
    answer: { entries: number; requests: number; is_all: boolean; facets: { outcome: readonly ({ value: string; title: string | null; count: number })[]; fault: readonly ({ value: string; title: string | null; count: number })[]; server: readonly ({ value: string; title: string | null; count: number })[]; target: readonly ({ value: string; title: string | null; count: number })[]; tier: readonly ({ value: string; title: string | null; count: number })[]; user_id: readonly ({ value: string; title: string | null; count: number })[]; client: readonly ({ value: string; title: string | null; count: number })[]; method: readonly ({ value: string; title: string | null; count: number })[]; era: readonly ({ value: string; title: string | null; count: number })[]; bridged: readonly ({ value: string; title: string | null; count: number })[] }; pairs: readonly ({ client: string; title: string | null; server: string; calls: number; failed: number })[]; eras: readonly ({ server: string; client_eras: readonly (string)[]; server_eras: readonly (string)[] })[]; gateway_p50_ms: number | null; gateway_p99_ms: number | null; bridged_share: number | null };
  };
  'activity.live': {
    params: Nothing;
    query: { kind?: "entry" | "event"; id?: string; user_id?: string; client?: string; server?: string; method?: string; target?: string; outcome?: "ok" | "error" | "refused" | "cancelled"; fault?: string; session?: string; address?: string; era?: string; bridged?: "0" | "1"; tier?: "read" | "write" | "destructive"; not_user_id?: string; not_client?: string; not_server?: string; not_method?: string; not_target?: string; not_outcome?: "ok" | "error" | "refused" | "cancelled"; not_fault?: string };
    body: undefined;
    answer: string;
  };
  'activity.export': {
    params: Nothing;
    query: { since?: string; until?: string; format: "csv" | "jsonl"; id?: string; user_id?: string; client?: string; server?: string; method?: string; target?: string; outcome?: "ok" | "error" | "refused" | "cancelled"; fault?: string; session?: string; address?: string; era?: string; bridged?: "0" | "1"; tier?: "read" | "write" | "destructive"; not_user_id?: string; not_client?: string; not_server?: string; not_method?: string; not_target?: string; not_outcome?: "ok" | "error" | "refused" | "cancelled"; not_fault?: string };
    body: undefined;
    answer: string;
  };
  'security-events.export': {
    params: Nothing;
    query: { since?: string; until?: string; format: "csv" | "jsonl"; event_type?: string; severity?: "low" | "medium" | "high" | "critical"; user_id?: string; server?: string; address?: string };
    body: undefined;
    answer: string;
  };
  'auth-log.export': {
    params: Nothing;
    query: { since?: string; until?: string; format: "csv" | "jsonl"; event_type?: string; success?: "true" | "false"; user_id?: string; client?: string; address?: string };
    body: undefined;
    answer: string;
  };
  'audit.export': {
    params: Nothing;
    query: { since?: string; until?: string; format: "csv" | "jsonl"; actor?: string; action?: string; target?: string; address?: string };
    body: undefined;
    answer: string;
  };
  'audit.list': {
    params: Nothing;
    query: { since?: string; until?: string; limit?: string; before?: string; actor?: string; action?: string; target?: string; address?: string };
    body: undefined;
    answer: { entries: readonly ({ id: string; at: string | null; actor: string; address: string | null; action: string; target: string; before: unknown; after: unknown })[]; next: string | null };
  };
  'auth-log.list': {
    params: Nothing;
    query: { since?: string; until?: string; limit?: string; before?: string; event_type?: string; success?: "true" | "false"; user_id?: string; client?: string; address?: string };
    body: undefined;
    answer: { entries: readonly ({ id: string; timestamp: string | null; event_type: string; success: boolean; user_id: string | null; username: string | null; client_id: string | null; ip_address: string | null; user_agent: string | null; details: string | null; count: number })[]; next: string | null };
  };
  'logs.list': {
    params: Nothing;
    query: { event_type?: string; days?: string; limit?: string; offset?: string };
    body: undefined;
    answer: { logs: readonly ({ id: string; timestamp: string | null; event_type: string; success: boolean; user_id: string | null; username: string | null; client_id: string | null; ip_address: string | null; user_agent: string | null; details: string | null; count: number })[]; total: number; limit: number; offset: number };
  };
  'mcp-auth-events.list': {
    params: Nothing;
    query: { limit?: string; last_seconds?: string };
    body: undefined;
    answer: { events: readonly ({ id: string; timestamp: string | null; event_type: string; success: boolean; user_id: string | null; username: string | null; client_id: string | null; ip_address: string | null; user_agent: string | null; details: string | null; count: number })[] };
  };
  'logs.clean-up': {
    params: Nothing;
    query: Nothing;
    body: { days_to_keep?: number };
    answer: { security_events: number; mcp_requests: number; auth_audit_log: number; total: number };
  };
  'logs.clean-up-old': {
    params: Nothing;
    query: Nothing;
    body: Nothing;
    answer: { success: boolean; deleted: number };
  };
  'retention.show': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: { days: number; rows: number; most_rows: number; bytes: number; most_bytes: number; oldest: string | null; about_to_drop: "room" | "age" | null; first_goes: string | null };
  };
  'security-events.list': {
    params: Nothing;
    query: { since?: string; until?: string; limit?: string; before?: string; last_hours?: string; event_type?: string; severity?: "low" | "medium" | "high" | "critical"; user_id?: string; server?: string; address?: string };
    body: undefined;
    answer: readonly ({ id: string; timestamp: string | null; event_type: string; severity: "low" | "medium" | "high" | "critical"; user_id: string | null; username: string | null; ip_address: string | null; server: string | null; details: unknown; count: number })[];
  };
  'blocked-addresses.list': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: readonly ({ address: string; by: string; since: string | null; until: string | null })[];
  };
  'blocked-addresses.block': {
    params: Nothing;
    query: Nothing;
    body: { address: string; minutes?: number };
    answer: { address: string; by: string; since: string | null; until: string | null };
  };
  'blocked-addresses.unblock': {
    params: { address: string };
    query: Nothing;
    body: undefined;
    answer: undefined;
  };
  'detectors.try': {
    params: Nothing;
    query: Nothing;
    body: { text: string };
    answer: readonly ({ detector: string; kind: string; at: number })[];
  };
  'figures.show': {
    params: Nothing;
    query: { since?: string; until?: string; last_seconds?: string; server?: string; user_id?: string; client?: string; exact?: "0" | "1"; top?: string };
    body: undefined;
    answer: { window: { from: string | null; to: string | null; exact: boolean }; requests: number; ok: number; errors: number; cancelled: number; refused: number; success: number | null; p50_ms: number | null; p95_ms: number | null; p99_ms: number | null; mean_ms: number | null; upstream_mean_ms: number | null; bytes_in: number; bytes_out: number; per_minute: number | null; before: { requests: number; ok: number; errors: number; cancelled: number; refused: number; success: number | null; p50_ms: number | null; p95_ms: number | null; p99_ms: number | null; mean_ms: number | null; upstream_mean_ms: number | null; bytes_in: number; bytes_out: number }; trend: { requests: number | null; errors: number | null; p95: number | null }; tools: readonly ({ requests: number; ok: number; errors: number; cancelled: number; refused: number; success: number | null; p50_ms: number | null; p95_ms: number | null; p99_ms: number | null; mean_ms: number | null; upstream_mean_ms: number | null; bytes_in: number; bytes_out: number; name: string; server: string | null })[]; failures: readonly ({ name: string; server: string | null; count: number })[]; servers: readonly ({ requests: number; ok: number; errors: number; cancelled: number; refused: number; success: number | null; p50_ms: number | null; p95_ms: number | null; p99_ms: number | null; mean_ms: number | null; upstream_mean_ms: number | null; bytes_in: number; bytes_out: number; name: string })[]; users: readonly ({ requests: number; ok: number; errors: number; cancelled: number; refused: number; success: number | null; p50_ms: number | null; p95_ms: number | null; p99_ms: number | null; mean_ms: number | null; upstream_mean_ms: number | null; bytes_in: number; bytes_out: number; name: string; username: string | null })[]; clients: readonly ({ requests: number; ok: number; errors: number; cancelled: number; refused: number; success: number | null; p50_ms: number | null; p95_ms: number | null; p99_ms: number | null; mean_ms: number | null; upstream_mean_ms: number | null; bytes_in: number; bytes_out: number; name: string })[] };
  };
  'figures.series': {
    params: Nothing;
    query: { since?: string; until?: string; last_seconds?: string; server?: string; user_id?: string; client?: string };
    body: undefined;
    answer: { window: { from: string | null; to: string | null; exact: boolean }; step_seconds: number; steps: readonly ({ requests: number; ok: number; errors: number; cancelled: number; refused: number; success: number | null; p50_ms: number | null; p95_ms: number | null; p99_ms: number | null; mean_ms: number | null; upstream_mean_ms: number | null; bytes_in: number; bytes_out: number; at: string | null; failed_by: { tool: number; server: number; refused: number; gateway: number } | null })[] };
  };
  'figures.marks': {
    params: Nothing;
    query: { since?: string; until?: string; last_seconds?: string };
    body: undefined;
    answer: { marks: readonly ({ at: string | null; kind: "restart" | "change" | "outage"; target: string | null; actor: string | null; action: string | null; ended_at: string | null })[]; is_all: boolean };
  };
  'security-audits.list': {
    params: Nothing;
    query: { limit?: string };
    body: undefined;
    answer: readonly ({ id: string; url: string; started_by: string; started_at: string | null; ended_at: string | null; state: "running" | "done" | "failed" | "cancelled" | "interrupted"; reason: string | null; progress: { done: number; of: number; check: string } | null; found: Record<string, number> | null })[];
  };
  'security-audits.start': {
    params: Nothing;
    query: Nothing;
    body: { url: string; token?: string | null; other_token?: string | null; call_tools?: boolean; burst?: number; without?: readonly ("no-tls" | "foreign-origin" | "foreign-host" | "open-cors" | "content-type" | "anyone-lists" | "anyone-calls" | "anyone-initializes" | "any-token" | "unsigned-token" | "token-refused" | "foreign-audience" | "token-in-query" | "no-challenge" | "no-resource-metadata" | "resource-mismatch" | "issuer-mismatch" | "pkce" | "insecure-authorization" | "hidden-characters" | "instructions-to-the-model" | "shadowing-names" | "broad-schemas" | "no-annotations" | "lying-annotations" | "stack-traces" | "secrets" | "server-version" | "weak-session-ids" | "chosen-session-id" | "session-is-login" | "foreign-session" | "unknown-session" | "ended-session" | "bad-json" | "unknown-method" | "unknown-version" | "batch" | "huge-message" | "deep-message" | "no-limit" | "no-guess-limit")[] };
    answer: { id: string; url: string; started_by: string; started_at: string | null; ended_at: string | null; state: "running" | "done" | "failed" | "cancelled" | "interrupted"; reason: string | null; progress: { done: number; of: number; check: string } | null; found: Record<string, number> | null };
  };
  'security-audits.show': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { id: string; url: string; started_by: string; started_at: string | null; ended_at: string | null; state: "running" | "done" | "failed" | "cancelled" | "interrupted"; reason: string | null; progress: { done: number; of: number; check: string } | null; found: Record<string, number> | null; verdicts: readonly ({ check: string; area: string; severity: "critical" | "high" | "medium" | "low"; title: string; outcome: "passed" | "found" | "skipped"; evidence: readonly (string)[]; why: string; fix: string; reference: string })[] | null };
  };
  'security-audits.remove': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: undefined;
  };
  'security-audits.cancel': {
    params: { id: string };
    query: Nothing;
    body: undefined;
    answer: { id: string; url: string; started_by: string; started_at: string | null; ended_at: string | null; state: "running" | "done" | "failed" | "cancelled" | "interrupted"; reason: string | null; progress: { done: number; of: number; check: string } | null; found: Record<string, number> | null };
  };
  'security-audits.compare': {
    params: { id: string };
    query: { since: string };
    body: undefined;
    answer: { appeared: readonly ({ check: string; severity: "critical" | "high" | "medium" | "low"; title: string })[]; gone: readonly ({ check: string; severity: "critical" | "high" | "medium" | "low"; title: string })[]; stayed: readonly ({ check: string; severity: "critical" | "high" | "medium" | "low"; title: string })[] };
  };
  'security-audits.report': {
    params: { id: string };
    query: { format?: "json" | "sarif" | "markdown" };
    body: undefined;
    answer: string;
  };
  'mcp-audit.run': {
    params: Nothing;
    query: Nothing;
    body: { url: string; bearer_token?: string | null };
    answer: { url: string; summary: { total: number; passed: number; failed: number; warned: number; skipped: number; severity: "critical" | "warning" | "success" }; results: readonly ({ name: string; status: "pass" | "fail" | "warn" | "skip"; severity: "critical" | "warning" | "success"; message: string })[]; metadata?: Record<string, unknown> };
  };
  'mcp-audit.export': {
    params: Nothing;
    query: Nothing;
    body: { url: string; bearer_token?: string | null };
    answer: { url: string; summary: { total: number; passed: number; failed: number; warned: number; skipped: number; severity: "critical" | "warning" | "success" }; results: readonly ({ name: string; status: "pass" | "fail" | "warn" | "skip"; severity: "critical" | "warning" | "success"; message: string })[]; metadata?: Record<string, unknown> };
  };
  'mcp-requests.list': {
    params: Nothing;
    query: { limit?: string; last_seconds?: string; method?: string; success?: "true" | "false"; event_kind?: "work" | "system" };
    body: undefined;
    answer: { requests: readonly ({ id: string; timestamp: string | null; user_id: string | null; username: string | null; mcp_server_id: string | null; server_name: string | null; method: string | null; tool_name: string | null; success: boolean; error_message: string | null; response_time_ms: number; ip_address: string | null; client_id: string | null; client_name: string | null; user_agent: string | null; request_id: string; path: string; event_kind: "work" | "system" })[] };
  };
  'mcp-stats.show': {
    params: Nothing;
    query: { last_hours?: string; include_top_tools?: "true" | "false" };
    body: undefined;
    answer: { requests_24h: number; active_servers: number; total_servers: number; success_rate: number; avg_response_time: number; trend: string; top_tools?: readonly ({ name: string; count: number; server: string })[] };
  };
  'stats.show': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: { total_users: number; active_users: number; superusers: number; logins_24h: number; jwt_algorithm: string; access_token_expire_minutes: number; refresh_token_expire_days: number; mcp_public_url: string };
  };
  'api.describe': {
    params: Nothing;
    query: Nothing;
    body: undefined;
    answer: Record<string, unknown>;
  };
};

export const places = {
  'account.me': 'GET /account/api/me',
  'account.profile': 'GET /account/api/profile',
  'account.edit-profile': 'PATCH /account/api/profile',
  'account.consents': 'GET /account/api/consents',
  'account.withdraw-consent': 'DELETE /account/api/consents',
  'account.servers': 'GET /account/api/servers',
  'account.clients': 'GET /account/api/clients',
  'setup.state': 'GET /admin/api/setup',
  'account.password-check': 'POST /account/api/password-check',
  'account.password': 'PUT /account/api/password',
  'account.sessions': 'GET /account/api/sessions',
  'account.end-sessions': 'DELETE /account/api/sessions',
  'account.end-session': 'DELETE /account/api/sessions/{id}',
  'account.keys': 'GET /account/api/keys',
  'account.create-key': 'POST /account/api/keys',
  'account.revoke-key': 'DELETE /account/api/keys/{id}',
  'views.list': 'GET /account/api/views',
  'views.keep': 'POST /account/api/views',
  'views.rename': 'PATCH /account/api/views/{id}',
  'views.remove': 'DELETE /account/api/views/{id}',
  'account.playground-token': 'POST /account/api/playground-token',
  'account.connections': 'GET /account/api/connections',
  'account.connect': 'POST /account/api/connections/{server}',
  'account.disconnect': 'DELETE /account/api/connections/{server}',
  'account.refresh-connection': 'POST /account/api/connections/{server}/refresh',
  'servers.token-statuses': 'GET /admin/api/mcp-servers/token-statuses',
  'servers.token-audit-logs': 'GET /admin/api/mcp-servers/token-audit-logs',
  'servers.token-status': 'GET /admin/api/mcp-servers/{id}/token-status',
  'servers.refresh-token': 'POST /admin/api/mcp-servers/{id}/refresh-token',
  'servers.connect': 'POST /admin/api/mcp-servers/{id}/connect',
  'servers.connections': 'GET /admin/api/mcp-servers/{id}/connections',
  'servers.remove-connection': 'DELETE /admin/api/mcp-servers/{id}/connections/{user}',
  'servers.list': 'GET /admin/api/mcp-servers',
  'servers.create': 'POST /admin/api/mcp-servers',
  'servers.get': 'GET /admin/api/mcp-servers/{id}',
  'servers.update': 'PATCH /admin/api/mcp-servers/{id}',
  'servers.remove': 'DELETE /admin/api/mcp-servers/{id}',
  'servers.health': 'GET /admin/api/mcp-servers/{id}/health',
  'servers.log': 'GET /admin/api/mcp-servers/{id}/log',
  'servers.changes': 'GET /admin/api/mcp-servers/{id}/changes',
  'servers.probe': 'POST /admin/api/mcp-servers/probe',
  'servers.test': 'POST /admin/api/mcp-servers/{id}/test',
  'servers.prompts': 'GET /admin/api/mcp-servers/{id}/prompts',
  'servers.resources': 'GET /admin/api/mcp-servers/{id}/resources',
  'servers.resource-templates': 'GET /admin/api/mcp-servers/{id}/resource-templates',
  'servers.tools': 'GET /admin/api/mcp-servers/{id}/tools',
  'servers.switch-tools': 'PATCH /admin/api/mcp-servers/{id}/tools',
  'servers.withheld': 'GET /admin/api/mcp-servers/{id}/withheld',
  'tools.search': 'GET /admin/api/tools',
  'tool-mappings.list': 'GET /admin/api/tool-mappings',
  'tool-mappings.put': 'PUT /admin/api/tool-mappings/{name}',
  'tool-mappings.delete': 'DELETE /admin/api/tool-mappings/{name}',
  'servers.import': 'POST /admin/api/mcp-servers/import',
  'users.list': 'GET /admin/api/users',
  'users.create': 'POST /admin/api/users',
  'users.get': 'GET /admin/api/users/{id}',
  'users.update': 'PATCH /admin/api/users/{id}',
  'users.remove': 'DELETE /admin/api/users/{id}',
  'users.role': 'PUT /admin/api/users/{id}/role',
  'users.superuser': 'PATCH /admin/api/users/{id}/superuser',
  'users.status': 'PATCH /admin/api/users/{id}/status',
  'users.password': 'PUT /admin/api/users/{id}/password',
  'users.sessions': 'GET /admin/api/users/{id}/sessions',
  'users.end-sessions': 'DELETE /admin/api/users/{id}/sessions',
  'users.end-session': 'DELETE /admin/api/users/{id}/sessions/{session}',
  'presence.list': 'GET /admin/api/presence',
  'users.holdings': 'GET /admin/api/users/{id}/holdings',
  'users.revoke': 'POST /admin/api/users/{id}/revoke',
  'consents.list': 'GET /admin/api/consents',
  'consents.withdraw': 'DELETE /admin/api/consents',
  'groups.list': 'GET /admin/api/groups',
  'groups.create': 'POST /admin/api/groups',
  'groups.get': 'GET /admin/api/groups/{id}',
  'groups.update': 'PATCH /admin/api/groups/{id}',
  'groups.remove': 'DELETE /admin/api/groups/{id}',
  'groups.add-member': 'PUT /admin/api/groups/{id}/members/{user}',
  'groups.remove-member': 'DELETE /admin/api/groups/{id}/members/{user}',
  'keys.list': 'GET /admin/api/keys',
  'keys.create': 'POST /admin/api/keys',
  'keys.revoke': 'DELETE /admin/api/keys/{id}',
  'invites.list': 'GET /admin/api/invites',
  'invites.create': 'POST /admin/api/invites',
  'invites.remove': 'DELETE /admin/api/invites/{id}',
  'users.reset-link': 'POST /admin/api/users/{id}/reset-link',
  'grants.list': 'GET /admin/api/grants',
  'grants.create': 'POST /admin/api/grants',
  'grants.update': 'PATCH /admin/api/grants/{id}',
  'grants.remove': 'DELETE /admin/api/grants/{id}',
  'grants.preview': 'POST /admin/api/grants/preview',
  'grants.save': 'POST /admin/api/grants/draft',
  'users.catalogue': 'GET /admin/api/users/{id}/catalogue',
  'users.mcp-permissions': 'GET /admin/api/users/{id}/mcp-permissions',
  'users.set-mcp-permission': 'PATCH /admin/api/users/{id}/mcp-permissions',
  'explain': 'GET /admin/api/explain',
  'limits.list': 'GET /admin/api/limits',
  'limits.put': 'PUT /admin/api/limits',
  'limits.remove': 'DELETE /admin/api/limits',
  'settings.list': 'GET /admin/api/settings',
  'settings.replace': 'PUT /admin/api/settings',
  'settings.update': 'PATCH /admin/api/settings',
  'system.show': 'GET /admin/api/system',
  'oauth-clients.list': 'GET /admin/api/oauth-clients',
  'oauth-clients.create': 'POST /admin/api/oauth-clients',
  'oauth-clients.update-by-url': 'PATCH /admin/api/oauth-clients',
  'oauth-clients.remove-by-url': 'DELETE /admin/api/oauth-clients',
  'oauth-clients.get': 'GET /admin/api/oauth-clients/{id}',
  'oauth-clients.update': 'PATCH /admin/api/oauth-clients/{id}',
  'oauth-clients.remove': 'DELETE /admin/api/oauth-clients/{id}',
  'oauth-clients.rotate': 'POST /admin/api/oauth-clients/{id}/rotate',
  'activity.list': 'GET /admin/api/activity',
  'activity.summary': 'GET /admin/api/activity/summary',
  'activity.live': 'GET /admin/api/activity/live',
  'activity.export': 'GET /admin/api/activity/export',
  'security-events.export': 'GET /admin/api/security-events/export',
  'auth-log.export': 'GET /admin/api/auth-log/export',
  'audit.export': 'GET /admin/api/audit/export',
  'audit.list': 'GET /admin/api/audit',
  'auth-log.list': 'GET /admin/api/auth-log',
  'logs.list': 'GET /admin/api/logs',
  'mcp-auth-events.list': 'GET /admin/api/mcp-auth-events',
  'logs.clean-up': 'POST /admin/api/cleanup-logs',
  'logs.clean-up-old': 'POST /admin/api/logs/cleanup',
  'retention.show': 'GET /admin/api/retention',
  'security-events.list': 'GET /admin/api/security-events',
  'blocked-addresses.list': 'GET /admin/api/blocked-addresses',
  'blocked-addresses.block': 'POST /admin/api/blocked-addresses',
  'blocked-addresses.unblock': 'DELETE /admin/api/blocked-addresses/{address}',
  'detectors.try': 'POST /admin/api/detectors/try',
  'figures.show': 'GET /admin/api/figures',
  'figures.series': 'GET /admin/api/figures/series',
  'figures.marks': 'GET /admin/api/figures/marks',
  'security-audits.list': 'GET /admin/api/security-audits',
  'security-audits.start': 'POST /admin/api/security-audits',
  'security-audits.show': 'GET /admin/api/security-audits/{id}',
  'security-audits.remove': 'DELETE /admin/api/security-audits/{id}',
  'security-audits.cancel': 'POST /admin/api/security-audits/{id}/cancel',
  'security-audits.compare': 'GET /admin/api/security-audits/{id}/changes',
  'security-audits.report': 'GET /admin/api/security-audits/{id}/report',
  'mcp-audit.run': 'POST /admin/api/run-mcp-audit',
  'mcp-audit.export': 'POST /admin/api/export-mcp-audit',
  'mcp-requests.list': 'GET /admin/api/mcp-requests',
  'mcp-stats.show': 'GET /admin/api/mcp-stats',
  'stats.show': 'GET /admin/api/stats',
  'api.describe': 'GET /admin/api/openapi.json',
} as const satisfies Record<keyof Operations, string>;

import { choice, setting, whole } from './kinds.ts';

const ATTITUDE = choice('off', 'log', 'block');

const REFUSED = 'it is refused in any case, so block is the same as log';

/** One detector: `off` makes no event, `log` makes one, `block` refuses as well. */
function detector(name: string, about: string) {
  return setting({
    kind: ATTITUDE,
    default: 'log',
    env: [`DETECT_${name.toUpperCase()}`],
    about,
    isLive: true,
    isSecurity: true,
  });
}

/** What is looked for in what passes, and what is done about it. Keys end in the type of the event, or what it flags. */
export const detectorSettings = {
  'detectors.control_characters': detector(
    'control_characters',
    'Control, bidirectional and invisible characters in what a call carries; block: the server is not asked.',
  ),
  'detectors.path_traversal': detector(
    'path_traversal',
    'Paths that lead out of where they belong, encoded or not; block: the server is not asked.',
  ),
  'detectors.command_injection': detector(
    'command_injection',
    'Commands of a shell in values that are none; block: the server is not asked.',
  ),
  'detectors.template_injection': detector(
    'template_injection',
    'Text that a template engine would run; block: the server is not asked.',
  ),
  'detectors.secrets': detector(
    'secrets',
    'Keys and tokens of known forms in what a call carries; block: the server is not asked.',
  ),
  'detectors.oversize': detector(
    'oversize',
    'Calls that carry more than `detectors.oversizeBytes`; block: the server is not asked.',
  ),
  'detectors.tool_changed': detector(
    'tool_changed',
    'Tools, prompts, resources and instructions of a server that are others than before; block: a tool or prompt that changed is off for everybody, and instructions are withheld, until an administrator gives them back; resources are told only.',
  ),
  'detectors.definition_suspicious': detector(
    'definition_suspicious',
    'Definitions with hidden text, words to the model, names of or like other servers’ tools, milder annotations; block: such a tool or prompt is off for everybody, and such instructions are withheld, until an administrator gives them back; resources are told only.',
  ),
  'detectors.name_collision': detector(
    'name_collision',
    'Tools, prompts and resources of a server that would have the name of another server’s; they get another name in any case; block: such a tool or prompt is off for everybody until an administrator switches it on.',
  ),
  'detectors.elicitation_url': detector(
    'elicitation_url',
    'Pages that a server asks people to open in the middle of a call; those that are not secure, or of hosts that the server may not name, are refused in any case; block: so is every other.',
  ),
  'detectors.elicitation_secret': detector(
    'elicitation_secret',
    'Forms of a server that ask people for passwords, keys and the like; block: nobody is asked, and the server hears that it is refused.',
  ),
  'detectors.connect_refused': detector(
    'connect_refused',
    'Accounts at servers that could not be connected, by what their authorization server answered; nothing is connected in any case, so block is the same as log.',
  ),
  'detectors.connect_hijack': detector(
    'connect_hijack',
    `Links and answers for connecting an account that another person’s browser shows; ${REFUSED}.`,
  ),
  'detectors.unauthorized_access': detector(
    'unauthorized_access',
    `Credentials that are none, stand in the address or come twice; ${REFUSED}.`,
  ),
  'detectors.invalid_token': detector(
    'invalid_token',
    `Tokens and API keys that are expired, ended, forged or for somewhere else; ${REFUSED}.`,
  ),
  'detectors.auth_failed': detector(
    'auth_failed',
    `Wrong passwords and wrong links; ${REFUSED}, and who goes on is brute force.`,
  ),
  'detectors.brute_force': detector(
    'brute_force',
    'Guessing of passwords and links, by one address or by many at one account; block: nobody signs in from that address for `detectors.blockMinutes`, but in a browser in which they did before.',
  ),
  'detectors.token_reuse': detector(
    'token_reuse',
    'Refresh tokens and codes that are used twice; their login ends in any case, so block is the same as log.',
  ),
  'detectors.oauth_refused': detector(
    'oauth_refused',
    `Requests that the authorization server does not take; ${REFUSED}.`,
  ),
  'detectors.session_hijack': detector(
    'session_hijack',
    'A session id that another person shows, who is refused in any case; block: the session ends, and its client begins a new one.',
  ),
  'detectors.session_refused': detector(
    'session_refused',
    `Session ids that are forged, expired, ended or of another endpoint; ${REFUSED}.`,
  ),
  'detectors.origin_rejected': detector(
    'origin_rejected',
    `Pages of other origins that call the gateway; ${REFUSED}.`,
  ),
  'detectors.permission_denied': detector(
    'permission_denied',
    `Calls to servers and tools that the person may not use; ${REFUSED}.`,
  ),
  'detectors.rate_limited': detector('rate_limited', `Requests above a limit; ${REFUSED}.`),
  'detectors.ssrf_blocked': detector(
    'ssrf_blocked',
    `Addresses that the gateway may not connect to; ${REFUSED}.`,
  ),
  'detectors.admin_action': detector(
    'admin_action',
    'Changes by administrators, which are in the log of changes in any case; roles say who may, so block is the same as log.',
  ),
  'detectors.key_rotated': detector(
    'key_rotated',
    'New signing keys; there is nothing to refuse, so block is the same as log.',
  ),
  'detectors.blockMinutes': setting({
    kind: whole(1, 1440),
    default: 15,
    env: ['DETECT_BLOCK_MINUTES'],
    about: 'How long an address is kept from signing in when `detectors.brute_force` is block.',
    isLive: true,
    isSecurity: true,
  }),
  'detectors.oversizeBytes': setting({
    kind: whole(1024, 1024 ** 3),
    default: 1024 * 1024,
    env: ['DETECT_OVERSIZE_BYTES'],
    about: 'Bytes of parameters above which a call is oversize.',
    isLive: true,
  }),
};

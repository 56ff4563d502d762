import { choice, setting, whole } from './kinds.ts';

const ATTITUDE = choice('off', 'log', 'block');

/** One detector: `off` looks for nothing, `log` makes an event, `block` refuses as well. */
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
    'Tools, prompts, resources and instructions of a server that are others than before; block: a tool that changed is off for everybody until an administrator switches it on.',
  ),
  'detectors.definition_suspicious': detector(
    'definition_suspicious',
    'Definitions with hidden text, words to the model, names of or like other servers’ tools, milder annotations; block: such a tool is off for everybody until an administrator switches it on.',
  ),
  'detectors.oversizeBytes': setting({
    kind: whole(1024, 1024 ** 3),
    default: 1024 * 1024,
    env: ['DETECT_OVERSIZE_BYTES'],
    about: 'Bytes of parameters above which a call is oversize.',
    isLive: true,
  }),
};

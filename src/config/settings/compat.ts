import { boolean, choice, setting } from './kinds.ts';

/** What is done for clients that want more than the protocol says. */
export const compatSettings = {
  'compat.securitySchemes': setting({
    kind: choice('auto', 'on', 'off'),
    default: 'auto',
    env: ['COMPAT_SECURITY_SCHEMES'],
    about:
      'Tools without `securitySchemes` are listed with the scope that they need; auto: for ChatGPT, which reads it.',
  }),
  'compat.toolNamesAsMethods': setting({
    kind: boolean,
    default: true,
    env: ['COMPAT_TOOL_NAMES_AS_METHODS'],
    about:
      'A request of the 2025 protocol whose method is the name of a tool that the caller may call is taken for that call, as older Codex versions send it.',
  }),
};

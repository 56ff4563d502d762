import { BOTH, call, type Row } from './row.ts';

export const ASKS: readonly Row[] = [
  ...['ask_form', 'ask_url', 'ask_sampling', 'ask_roots', 'ask_many', 'ask_unknown_answer'].map(
    (name): Row => ({ name, eras: BOTH, needsStream: true, play: call(name) }),
  ),
  { name: 'ask_rounds', eras: BOTH, needsStream: true, play: call('ask_rounds', '{"n":3}') },
  {
    name: 'ask_form, declined',
    eras: BOTH,
    needsStream: true,
    play: call('ask_form', '{}', { manner: 'decline' }),
  },
  {
    name: 'ask_form, answered with what nobody expects',
    eras: BOTH,
    needsStream: true,
    play: call('ask_unknown_answer', '{}', { manner: 'odd' }),
  },
  {
    name: 'ask_form, refused by an error',
    eras: ['2025'],
    needsStream: true,
    play: call('ask_form', '{}', { manner: 'error' }),
  },
  { name: 'state_only', eras: BOTH, isSameEra: true, play: call('state_only') },
  {
    name: 'a prompt that asks',
    eras: BOTH,
    needsStream: true,
    arrives: ['prompts/get'],
    play: client => client.call('prompts/get', '"name":"ask_prompt"'),
  },
  {
    name: 'a resource that asks',
    eras: BOTH,
    needsStream: true,
    arrives: ['resources/read'],
    play: client => client.call('resources/read', '"uri":"ask://resource"'),
  },
];

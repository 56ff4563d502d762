import { BOTH, type Row } from './row.ts';

export const LISTS: readonly Row[] = ['tools', 'prompts', 'resources', 'resources/templates'].map(list => ({
  name: `${list}/list`,
  eras: BOTH,
  arrives: [],
  play: client => client.call(`${list}/list`, ''),
}));

export const READS: readonly Row[] = [
  {
    name: 'prompts/get',
    eras: BOTH,
    arrives: ['prompts/get'],
    play: client => client.call('prompts/get', '"name":"greet", "arguments":{"who":"W\\u00f6rld"}'),
  },
  {
    name: 'resources/read',
    eras: BOTH,
    arrives: ['resources/read'],
    play: client => client.call('resources/read', '"uri":"echo://one"'),
  },
  {
    name: 'resources/read of a template, in escapes',
    eras: BOTH,
    arrives: ['resources/read'],
    play: client => client.call('resources/read', '"uri":"echo://\\u00e4b%20c"'),
  },
  {
    name: 'resources/read of what is missing',
    eras: BOTH,
    arrives: ['resources/read'],
    play: client => client.call('resources/read', '"uri":"echo://missing"'),
  },
  {
    name: 'completion of a prompt',
    eras: BOTH,
    arrives: ['completion/complete'],
    play: client =>
      client.call(
        'completion/complete',
        '"ref":{"type":"ref/prompt","name":"greet"},"argument":{"name":"who","value":"a"}',
      ),
  },
  {
    name: 'completion of a resource',
    eras: BOTH,
    arrives: ['completion/complete'],
    play: client =>
      client.call(
        'completion/complete',
        '"ref":{"type":"ref/resource","uri":"echo://items/{id}"},"argument":{"name":"id","value":"a"}',
      ),
  },
];

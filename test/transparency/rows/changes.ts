import { BOTH, call, type Row } from './row.ts';

export const CHANGES: readonly Row[] = [
  ...(['tools', 'prompts', 'resources'] as const).map(
    (list): Row => ({
      name: `a change of ${list}`,
      eras: BOTH,
      needsStream: true,
      arrives: [],
      play: async client => {
        await client.hear();
        await client.settle();
        const before = client.heard.length;
        await call('change_list', `{"list":"${list}"}`)(client);
        await client.waitHeard(before + 1);
        await client.call(`${list}/list`, '');
        await call('change_list', `{"list":"${list}"}`)(client);
        await client.waitHeard(before + 2);
      },
    }),
  ),
  {
    name: 'an update of a resource, of those that were asked for',
    eras: BOTH,
    needsStream: true,
    arrives: [],
    play: async client => {
      await client.hear('echo://one');
      await client.settle();
      const before = client.heard.length;
      await call('touch_resource', '{"uri":"echo://two"}')(client);
      await call('touch_resource', '{"uri":"echo://one"}')(client);
      await client.waitHeard(before + 1);
    },
  },
];

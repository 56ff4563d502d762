import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultKind } from '../kinds.ts';
import type { Call, Machine } from './machine.ts';
import { answer, say } from './words.ts';

/** While everybody listens and nothing is asked. */
export async function strikeStreams(server: Machine, fault: FaultKind): Promise<void> {
  const streams = [...server.streams];
  if (fault === 'killed') {
    // Once more where the stream is asked for again, before a word was said.
    if (server.transport !== 'stdio') server.refusing = fault;
    return server.kill();
  }
  if (fault === 'stopped') for (const pid of server.pids) server.signal(pid, 'SIGSTOP');
  if (fault === 'wrong-type' || fault.startsWith('status-')) {
    server.refusing = fault;
    for (const [line] of streams) line.socket.resetAndDestroy();
    return;
  }
  if (fault === 'huge') return void (await Promise.all(streams.map(([line]) => line.pour())));
  for (const [line, id] of streams) {
    if (fault === 'silence') server.deaf.add(line);
    if (fault === 'garbage') line.garbage();
    if (fault === 'wrong-id') line.say(answer('never-asked', 'nobody'));
    if (fault === 'other-id') {
      const call = await underWay(server);
      if (call.line !== line) line.say(answer(call.id, 'nobody'));
    }
    if (fault === 'twice')
      for (const _ of [1, 2])
        line.say(
          say({
            id,
            result: { resultType: 'complete', _meta: { 'io.modelcontextprotocol/subscriptionId': id } },
          }),
        );
    if (fault === 'endless-progress')
      server.every(20, () =>
        line.say(
          say({ method: 'notifications/progress', params: { progressToken: 'stranger', progress: 1 } }),
        ),
      );
  }
}

async function underWay(server: Machine): Promise<Call> {
  for (let ms = 0; ms < 1000; ms += 5) {
    for (const one of server.inFlight.values()) return one;
    await sleep(5);
  }
  throw new Error('No call is under way');
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultKind } from '../kinds.ts';
import { HALF_HEAD, jsonHead, junk, POURED, pour } from './line.ts';
import type { Call, Machine, Plan } from './machine.ts';
import { answer, say } from './words.ts';

const HALF = 0.5;

/** The id of the other person's call, as soon as that is under way. */
async function otherId(server: Machine, mark: string): Promise<string | number> {
  for (let ms = 0; ms < 1000; ms += 5) {
    for (const one of server.inFlight.values()) if (one.mark !== mark) return one.id;
    await sleep(5);
  }
  throw new Error('No other call is under way');
}

/** What is said in place of the answer, or beside it. */
async function answersOf(server: Machine, fault: FaultKind, { id, mark }: Call): Promise<readonly string[]> {
  const { isModern } = server;
  if (fault === 'wrong-id') return [answer('never-asked', mark, isModern)];
  if (fault === 'other-id') return [answer(await otherId(server, mark), mark, isModern)];
  const good = answer(id, mark, isModern);
  return fault === 'twice' ? [good, answer(id, `second ${mark}`, isModern)] : [good];
}

/** At one point of the answer to one call. */
export async function misbehave(server: Machine, plan: Plan, call: Call): Promise<void> {
  const { phase, fault } = plan;
  const isPiped = server.transport === 'sse' || server.transport === 'stdio';
  const isOnLine =
    phase === 'mid-frame' ||
    server.transport === 'stdio' ||
    (isPiped && phase === 'before' && !ON_POST.includes(fault));
  if (!isOnLine) return onPost(server, plan, call);
  if (server.transport === 'sse')
    call.post?.write('HTTP/1.1 202 Accepted\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  if (!isPiped) call.line.begin();
  return onLine(server, fault, call, phase === 'before' ? 0 : HALF);
}

/** Of HTTP+SSE: what can be done to the answer of a POST. */
const ON_POST: readonly FaultKind[] = ['garbage', 'wrong-type', 'status-500', 'status-404', 'status-401'];

async function onPost(server: Machine, { phase, fault }: Plan, call: Call): Promise<void> {
  const { post } = call;
  if (!post) return;
  if (fault === 'endless-progress') {
    call.line.begin();
    return endlessProgress(server, call);
  }
  if (fault.startsWith('status-'))
    return void post.end(`HTTP/1.1 ${fault.slice(7)} No\r\nconnection: close\r\ncontent-length: 2\r\n\r\nno`);
  const body = (await answersOf(server, fault, call)).join('');
  if (fault === 'wrong-type') return void post.end(jsonHead(body.length, 'text/html') + body);
  const half = Math.floor(body.length * HALF);
  const isWhole = ['wrong-id', 'twice', 'other-id'].includes(fault);
  const isBefore = phase === 'before' || phase === 'parked';
  if (isWhole) {
    post.write(jsonHead(body.length) + body.slice(0, isBefore ? undefined : half));
    await sleep(20);
    return void post.end(isBefore ? '' : body.slice(half));
  }
  if (fault === 'huge') return onPostHuge(phase, call);
  if (phase === 'mid-headers') post.write(HALF_HEAD);
  if (phase === 'mid-body') post.write(jsonHead(body.length) + body.slice(0, half));
  await sleep(20);
  if (fault === 'garbage') post.write(junk(phase === 'mid-body' ? body.length - half : 64));
  if (fault === 'killed') server.kill();
}

function onPostHuge(phase: Plan['phase'], { id, mark, post }: Call): Promise<void> | undefined {
  if (!post) return undefined;
  const begun = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"content":[{"type":"text","text":"<${mark}>`;
  const head = jsonHead(POURED);
  if (phase === 'mid-headers') post.write(HALF_HEAD);
  else post.write(phase === 'mid-body' ? head + begun : head);
  return pour(post);
}

async function onLine(server: Machine, fault: FaultKind, call: Call, said: number): Promise<void> {
  const { line, mark } = call;
  const [good = '', ...more] = await answersOf(server, fault, call);
  if (['wrong-id', 'twice', 'other-id'].includes(fault)) {
    if (said > 0) await line.sayInHalves(good);
    else line.say(good);
    for (const one of more) line.say(one);
    return;
  }
  if (fault === 'endless-progress') return endlessProgress(server, call);
  const text = line.framed(good);
  if (said > 0 && fault !== 'huge') line.write(text.slice(0, Math.floor(text.length * said)));
  await sleep(20);
  if (fault === 'garbage') line.garbage();
  if (fault === 'huge') await line.pour();
  if (fault === 'killed') server.kill(call.pid);
  if (fault === 'stopped' && call.pid !== undefined) server.signal(call.pid, 'SIGSTOP');
  server.inFlight.delete(mark);
}

async function endlessProgress(server: Machine, { line, token }: Call): Promise<void> {
  let progress = 0;
  server.every(50, () => {
    const params = { progressToken: token, progress: ++progress };
    line.say(say({ method: 'notifications/progress', params }));
  });
}

/** While the client is asked, on the stream of its call. */
export async function misbehaveParked(server: Machine, fault: FaultKind, call: Call): Promise<void> {
  if (fault.startsWith('status-')) {
    server.refusing = fault;
    return;
  }
  await onLine(server, fault, call, 0);
}

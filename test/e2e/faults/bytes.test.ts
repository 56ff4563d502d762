import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBody, type Served, serve } from '../../fixtures/serve.ts';
import type { ServerDraft } from '../../support/gateway.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient, modernClient, type RpcAnswer } from '../../support/mcp.ts';
import { type Message, plainResult, say } from './support/words.ts';

/** In so many places an answer breaks off. */
const PLACES = 20;
const TEXT = 'é{"x":[1,"}"]}'.repeat(20);

const FRAMINGS = ['length', 'chunked', 'until the end'] as const;
const TYPES = ['json', 'stream'] as const;
const ENDS = ['end', 'reset'] as const;
type Way = {
  readonly era: 'legacy' | 'modern';
  readonly type: (typeof TYPES)[number];
  readonly framing: (typeof FRAMINGS)[number];
  readonly end: (typeof ENDS)[number];
};
const WAYS: readonly Way[] = (['legacy', 'modern'] as const).flatMap(era =>
  TYPES.flatMap(type => FRAMINGS.flatMap(framing => ENDS.map(end => ({ era, type, framing, end })))),
);
const nameOf = ({ era, type, framing, end }: Way) => `${era}-${type}-${framing.replaceAll(' ', '')}-${end}`;

/** How often each call came, by its mark. */
const ran = new Map<string, number>();
const served: Served[] = [];
let gateway: GatewayHere;

/** All bytes of a good answer on one connection. */
function answerBytes({ type, framing }: Way, id: unknown, isModern: boolean): Buffer {
  const result = { ...(isModern && { resultType: 'complete' }), content: [{ type: 'text', text: TEXT }] };
  const json = say({ id, result });
  const body = type === 'json' ? json : `event: message\ndata: ${json}\n\n`;
  const length = Buffer.byteLength(body);
  const rows = {
    length: [`content-length: ${length}`, body],
    chunked: ['transfer-encoding: chunked', `${length.toString(16)}\r\n${body}\r\n0\r\n\r\n`],
    'until the end': ['x-length: none', body],
  } as const;
  const [header, sent] = rows[framing];
  const media = type === 'json' ? 'application/json' : 'text/event-stream';
  return Buffer.from(
    `HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: ${media}\r\n${header}\r\n\r\n${sent}`,
  );
}

async function breakOff(socket: Socket, bytes: Buffer, { end }: Way): Promise<void> {
  socket.write(bytes);
  await sleep(5);
  if (end === 'reset') socket.resetAndDestroy();
  else socket.end();
}

async function startBreaking(way: Way): Promise<Served> {
  const isModern = way.era === 'modern';
  return serve(async (request, response) => {
    const text = await readBody(request);
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const message: Message = JSON.parse(text);
    if (message.id === undefined) return void response.writeHead(202).end();
    if (message.method !== 'tools/call') {
      response.setHeader('content-type', 'application/json');
      return void response.end(say({ id: message.id, ...plainResult(message, isModern, 0) }));
    }
    const mark = String(message.params?.arguments?.mark);
    ran.set(mark, (ran.get(mark) ?? 0) + 1);
    const bytes = answerBytes(way, message.id, isModern);
    const place = Number(mark.split(' ')[1]);
    await breakOff(request.socket, bytes.subarray(0, Math.floor((bytes.length * place) / PLACES)), way);
  });
}

beforeAll(async () => {
  const servers: Record<string, ServerDraft> = {};
  for (const way of WAYS) {
    const one = await startBreaking(way);
    served.push(one);
    servers[nameOf(way)] = { url: `${one.origin}/mcp`, protocol: way.era, timeout: 2 };
  }
  gateway = await startGatewayHere({ servers });
});
afterAll(async () => {
  await gateway.close();
  for (const one of served) await one.close();
});

const CLIENTS = ['legacy', 'modern'] as const;

describe(`T51: an answer that breaks off at any of ${PLACES} places`, () => {
  it.concurrent.for(WAYS.flatMap(way => CLIENTS.map(client => ({ ...way, client, name: nameOf(way) }))))(
    '$type by $framing, $end, of a $era server, for a $client client: whole or an error, and asked for once',
    async ({ name, client, type, framing }) => {
      const token = await gateway.userToken(`${client}-${name}`, [name]);
      const to = { url: gateway.url(`/mcp/${name}`), token };
      const person = client === 'legacy' ? await legacyClient(to) : modernClient(to);
      for (let place = 0; place <= PLACES; place++) {
        const mark = `${client}-${name} ${place}`;
        const answer = await person.request('tools/call', { name: 'do', arguments: { mark } });
        expect(ran.get(mark), mark).toBe(1);
        const isWhole = place === PLACES;
        // What follows the answer itself may be lost.
        const mayBeWhole = isWhole || (place === PLACES - 1 && (type === 'stream' || framing === 'chunked'));
        if (answer.message.error) expect(isWhole, mark).toBe(false);
        else expect(mayBeWhole, `${mark}: ${answer.text}`).toBe(true);
        expectHonest(answer, name);
      }
    },
  );
});

/** The whole answer, or a fault with the server's name that says that the call may have run. */
function expectHonest({ message }: RpcAnswer, server: string): void {
  const { error, result } = message;
  if (error) {
    expect([1008, 1009]).toContain(error.code);
    expect(error.data).toMatchObject({ server, mayHaveRun: true });
  } else expect(result?.content?.[0]?.text).toBe(TEXT);
}

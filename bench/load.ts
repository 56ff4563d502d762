// node load.ts '<Load as JSON>': sends one request over and over and prints one line of JSON, a LoadResult.
// Raw sockets: the load shares a core with the backend, and a client library would cost more than the floor.
import { connect, type Socket } from 'node:net';
import { argv } from 'node:process';
import { createReader } from './http-reader.ts';

export type Load = {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second of an open loop; without it the loop is closed: each connection sends when it was answered. */
  readonly rate?: number;
};

export type LoadResult = {
  readonly sent: number;
  readonly answered: number;
  readonly errors: number;
  readonly firstError?: string;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
};

type Lane = { readonly socket: Socket; isBusy: boolean; since: number };

function run(load: Load): Promise<LoadResult> {
  const request = Buffer.from(
    [
      `POST ${load.path} HTTP/1.1`,
      `Host: localhost:${load.port}`,
      `Content-Length: ${Buffer.byteLength(load.body)}`,
      ...Object.entries(load.headers).map(([name, value]) => `${name}: ${value}`),
      '',
      load.body,
    ].join('\r\n'),
  );
  const times: number[] = [];
  const state = { sent: 0, answered: 0, errors: 0, firstError: '', isOver: false };
  const lanes: Lane[] = [];
  const late: number[] = [];
  const started = performance.now();

  const send = (lane: Lane, since: number) => {
    lane.isBusy = true;
    lane.since = since;
    state.sent++;
    lane.socket.write(request);
  };
  const fail = (why: string) => {
    state.errors++;
    state.firstError ||= why;
  };
  const next = (lane: Lane) => {
    lane.isBusy = false;
    if (state.isOver) return;
    if (load.rate === undefined) return send(lane, performance.now());
    const due = late.shift();
    if (due !== undefined) send(lane, due);
  };
  const open = () => {
    const socket = connect(load.port, '127.0.0.1').setNoDelay(true);
    const lane: Lane = { socket, isBusy: false, since: 0 };
    const read = createReader((status, body) => {
      state.answered++;
      times.push(performance.now() - lane.since);
      if (status !== 200 || !body.includes('"result"') || body.includes('"isError":true'))
        fail(`${status} ${body.slice(0, 300)}`);
      next(lane);
    });
    socket.on('data', read);
    socket.on('error', error => fail(String(error)));
    socket.on('close', () => {
      if (lane.isBusy && !state.isOver) fail('closed before the answer');
    });
    lanes.push(lane);
    return lane;
  };

  for (let at = 0; at < load.connections; at++) {
    const lane = open();
    if (load.rate === undefined) lane.socket.once('connect', () => send(lane, performance.now()));
  }
  const pacing = load.rate === undefined ? undefined : setInterval(() => pace(load.rate ?? 0), 1);
  let planned = 0;
  const pace = (rate: number) => {
    const due = Math.floor(((performance.now() - started) / 1000) * rate);
    for (; planned < due && !state.isOver; planned++) {
      const since = started + (planned / rate) * 1000;
      const lane = lanes.find(one => !one.isBusy && !one.socket.connecting);
      if (lane === undefined) late.push(since);
      else send(lane, since);
    }
  };

  return new Promise(resolve => {
    setTimeout(() => {
      state.isOver = true;
      clearInterval(pacing);
      const seconds = (performance.now() - started) / 1000;
      // What is still under way gets two seconds; then it counts as lost.
      const settle = setInterval(() => {
        if (lanes.some(lane => lane.isBusy) && performance.now() - started < (load.seconds + 2) * 1000)
          return;
        clearInterval(settle);
        for (const lane of lanes) {
          if (lane.isBusy) fail('no answer');
          lane.socket.destroy();
        }
        resolve({
          ...summary(times, seconds),
          sent: state.sent,
          answered: state.answered,
          errors: state.errors,
          ...(state.firstError && { firstError: state.firstError }),
        });
      }, 5);
    }, load.seconds * 1000);
  });
}

function summary(times: readonly number[], seconds: number) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return { perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99), max: at(1) };
}

if (argv[2] !== undefined) console.log(JSON.stringify(await run(JSON.parse(argv[2]))));

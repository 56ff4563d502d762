import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const HUNDRED_MB = 100 * 1024 * 1024;
const PIECE = 'A'.repeat(64 * 1024);
/** No HTTP, no JSON, no UTF-8. */
export const junk = (length: number) => Buffer.alloc(length, Buffer.from([0x00, 0xff, 0x7d, 0x0b, 0x22]));

const HEAD = 'HTTP/1.1 200 OK\r\n';
const STREAM = `${HEAD}content-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n`;
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

/** The head of a good answer that is the last one on its connection. */
export const jsonHead = (length: number, type = 'application/json') =>
  `${HEAD}content-type: ${type}\r\ncontent-length: ${length}\r\nconnection: close\r\n\r\n`;
/** A head that breaks off in the name of a field. */
export const HALF_HEAD = `${HEAD}content-type: text/event-stream\r\nx-hal`;

/** Bytes towards the gateway, written as they are: as events of a stream, or as lines of a pipe. */
export class Line {
  readonly socket: Socket;
  readonly #isSse: boolean;

  constructor(socket: Socket, kind: 'sse' | 'lines') {
    this.socket = socket;
    this.#isSse = kind === 'sse';
  }

  begin(): this {
    if (this.#isSse) this.socket.write(STREAM);
    return this;
  }

  framed(json: string): string {
    return this.#isSse ? `event: message\ndata: ${json}\n\n` : `${json}\n`;
  }

  write(text: string): void {
    if (this.socket.writable) this.socket.write(this.#isSse ? chunk(text) : text);
  }

  say(json: string): void {
    this.write(this.framed(json));
  }

  /** The message in two pieces. */
  async sayInHalves(json: string): Promise<void> {
    const text = this.framed(json);
    this.write(text.slice(0, text.length / 2));
    await sleep(20);
    this.write(text.slice(text.length / 2));
  }

  /** Not even in the framing of the transport. */
  garbage(): void {
    this.socket.write(junk(64));
    if (!this.#isSse) this.socket.write('\n');
  }

  pour(): Promise<void> {
    this.write(this.framed('{"jsonrpc":"2.0","x":"').trimEnd());
    return pour(this.socket, () => this.write(PIECE));
  }

  end(): void {
    this.socket.end(this.#isSse ? '0\r\n\r\n' : '');
  }
}

/** Up to 100 MB, as fast as they are read, until the other side hangs up. */
export async function pour(
  socket: Socket,
  write = (): void => {
    socket.write(PIECE);
  },
): Promise<void> {
  for (let sent = 0; sent < HUNDRED_MB && socket.writable; sent += PIECE.length) {
    write();
    if (socket.writableNeedDrain) await drained(socket);
    else await sleep(0);
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise(resolve => {
    const go = (): void => {
      socket.off('drain', go).off('close', go);
      resolve();
    };
    socket.on('drain', go).on('close', go);
  });
}

export const POURED = HUNDRED_MB;

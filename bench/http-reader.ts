/** Reads answers of HTTP/1.1 off one connection: with a length, or in chunks. */
export function createReader(done: (status: number, body: string) => void): (bytes: Buffer) => void {
  let rest = '';
  return bytes => {
    rest += bytes.toString('latin1');
    for (;;) {
      const answer = take(rest);
      if (answer === undefined) return;
      rest = rest.slice(answer.length);
      done(answer.status, answer.body);
    }
  };
}

type Answer = { readonly status: number; readonly body: string; readonly length: number };

function take(text: string): Answer | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const head = text.slice(0, end);
  const status = Number(head.slice(9, 12));
  const start = end + 4;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const total = start + Number(length);
    return text.length < total ? undefined : { status, body: text.slice(start, total), length: total };
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return { status, body: '', length: start };
  const last = text.indexOf('\r\n0\r\n\r\n', start - 2);
  if (last === -1) return undefined;
  return { status, body: text.slice(start, last), length: last + 7 };
}

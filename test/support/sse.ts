export type SseEvent = {
  readonly event: string | undefined;
  readonly id: string | undefined;
  readonly data: string;
};

/** The events of a body as they come; a cut or malformed stream ends the loop where the body ends. */
export async function* readSse(body: ReadableStream<Uint8Array> | null): AsyncGenerator<SseEvent> {
  if (body === null) return;
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = `${rest}${text}`.split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? '';
    for (const block of blocks) yield toEvent(block);
  }
}

function toEvent(block: string): SseEvent {
  const field = (name: string) =>
    block
      .split(/\r?\n/)
      .filter(line => line.startsWith(`${name}:`))
      .map(line => line.slice(name.length + 1).replace(/^ /, ''));
  const data = field('data').join('\n');
  return { event: field('event')[0], id: field('id')[0], data };
}

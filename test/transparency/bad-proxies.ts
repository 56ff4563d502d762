import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody, type Served, serve } from '../fixtures/serve.ts';
import { readSse } from '../support/sse.ts';

/** One way to be no transparent proxy. What is absent is passed on as it is. */
export type Spoiler = {
  readonly request?: (body: string) => string;
  /** Each message of the server; an empty text is swallowed. */
  readonly message?: (text: string, ofRequest: string) => string;
  /** All messages of one answer, together. */
  readonly answer?: (texts: readonly string[]) => readonly string[];
  readonly status?: (status: number) => number;
  /** Answers without asking the server. */
  readonly instead?: (body: string) => string | undefined;
};

const isAnswer = (text: string) => !/"method"\s*:/.test(text);

/** The results that were seen, so that nobody asks twice. */
function caching(): Spoiler {
  const kept = new Map<string, string>();
  const keyOf = (body: string) => body.replace(/"id":[^,]*,/, '');
  const idOf = (body: string) => /"id":([^,]*),/.exec(body)?.[1] ?? 'null';
  return {
    instead: body => kept.get(keyOf(body))?.replace(/"id":[^,]*,/, () => `"id":${idOf(body)},`),
    message: (text, body) => {
      if (isAnswer(text) && body.includes('"tools/call"')) kept.set(keyOf(body), text);
      return text;
    },
  };
}

/** Holds one answer back until the next one comes, and sends both as one. */
function merging(): Spoiler {
  let held: string | undefined;
  return {
    message: text => {
      if (!isAnswer(text) || !/"id":"(?:first|second)"/.test(text)) return text;
      if (held === undefined) {
        held = text;
        return '';
      }
      return `[${held},${text}]`;
    },
  };
}

/** A dozen ways that were seen in the field. */
export const SPOILERS: Readonly<Record<string, () => Spoiler>> = {
  'drops _meta': () => ({
    request: body =>
      JSON.stringify(JSON.parse(body), (key, value) =>
        key === '_meta' && typeof value === 'object' ? undefined : value,
      ),
  }),
  're-serialises numbers': () => ({ message: text => JSON.stringify(JSON.parse(text)) }),
  'reorders SSE frames': () => ({ answer: texts => texts.toReversed() }),
  'loses progress': () => ({ message: text => (text.includes('notifications/progress') ? '' : text) }),
  'answers with the id of another': () => ({
    message: text => text.replace('"id":"first"', '"id":"second"'),
  }),
  'lower-cases names': () => ({ request: body => body.replace(/"Mixed_Case"/g, '"mixed_case"') }),
  'drops unknown members': () => ({
    message: text => text.replaceAll(/,?\s*"x-unknown":(?:\[[^\]]*\]|[^,}\]]+)/g, ''),
  }),
  'caches a result': caching,
  'swallows list_changed': () => ({ message: text => (text.includes('list_changed') ? '' : text) }),
  'changes the status': () => ({ status: status => (status >= 400 ? 200 : status) }),
  'merges two answers': merging,
  truncates: () => ({ message: text => text.slice(0, 100_000) }),
};

/** A proxy before `target` that passes everything on, but for what the spoiler does. */
export async function startBadProxy(
  target: string,
  spoiler: Spoiler,
): Promise<Served & { readonly url: string }> {
  const served = await serve((request, response) => {
    pass(target, spoiler, { request, response }).catch(() => response.destroy());
  });
  return { ...served, url: `${served.origin}${new URL(target).pathname}` };
}

const HEADERS = ['content-type', 'mcp-session-id'];
const LEFT_OUT = ['host', 'content-length', 'connection', 'transfer-encoding', 'expect', 'accept-encoding'];

type Pair = { readonly request: IncomingMessage; readonly response: ServerResponse };

async function pass(target: string, spoiler: Spoiler, { request, response }: Pair): Promise<void> {
  const body = await readBody(request);
  const cut = new AbortController();
  response.once('close', () => cut.abort());
  const instead = spoiler.instead?.(body);
  if (instead !== undefined)
    return void response.writeHead(200, { 'content-type': 'application/json' }).end(instead);
  const headers = Object.entries(request.headers).filter(([name]) => !LEFT_OUT.includes(name));
  const hasBody = request.method === 'POST';
  const answer = await fetch(target, {
    method: request.method ?? 'GET',
    headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
    signal: cut.signal,
    ...(hasBody && { body: spoiler.request?.(body) ?? body }),
  });
  for (const name of HEADERS) {
    const value = answer.headers.get(name);
    if (value !== null) response.setHeader(name, value);
  }
  response.writeHead(spoiler.status?.(answer.status) ?? answer.status).flushHeaders();
  const spoil = (text: string) => spoiler.message?.(text, body) ?? text;
  if (!answer.headers.get('content-type')?.startsWith('text/event-stream')) {
    const text = await answer.text();
    return void response.end(text === '' ? text : spoil(text));
  }
  const held: string[] = [];
  for await (const { data } of readSse(answer.body)) {
    const text = data === '' ? '' : spoil(data);
    if (text === '') continue;
    if (spoiler.answer && hasBody) held.push(text);
    else write(response, text);
  }
  for (const text of spoiler.answer?.(held) ?? []) write(response, text);
  response.end();
}

const write = (response: ServerResponse, text: string) =>
  void response.write(`data: ${text.replaceAll('\n', '\ndata: ')}\n\n`);

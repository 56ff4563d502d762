import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttp } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { readBody } from '../../../fixtures/serve.ts';
import type { FaultKind } from '../kinds.ts';
import { misbehave, misbehaveParked } from './acts.ts';
import { Line } from './line.ts';
import { type Call, Machine } from './machine.ts';
import { strikeStreams } from './strike.ts';
import { answer, isQuestionAnswered, type Message, plainResult, QUESTION, say } from './words.ts';

const DELAY_MS = 100;

/** A server that does well until it is armed, and then one thing badly at one point of one call. */
export class Faulty extends Machine {
  #asked = 0;
  readonly #asks = new Map<string, Call>();
  readonly #lines = new Map<string, Line>();
  #changes = 0;

  protected listener(): Server {
    if (this.transport === 'stdio') return createServer(one => this.#pipe(one));
    return createHttp((request, response) => {
      this.#http(request, response).catch(() => response.destroy());
    });
  }

  #lost(response: ServerResponse): void {
    if (this.forgetting === 'silence') return;
    response.writeHead(this.forgetting).end('Bad Request: no valid session');
  }

  strike(): Promise<void> | void {
    const { plan } = this;
    if (plan?.phase === 'listening') return strikeStreams(this, plan.fault);
    const call = plan && this.inFlight.get(plan.mark);
    if (plan && !this.isModern && call) return misbehaveParked(this, plan.fault, call);
    if (plan?.fault === 'killed') this.kill();
  }

  /** Another list of tools, told to whoever listens. */
  announce(): void {
    this.#changes++;
    for (const [line, id] of this.streams) {
      const meta = id === undefined ? {} : { _meta: { 'io.modelcontextprotocol/subscriptionId': id } };
      if (!this.deaf.has(line)) line.say(say({ method: 'notifications/tools/list_changed', params: meta }));
    }
  }

  async #http(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readBody(request);
    const { socket, method, url = '' } = request;
    if (method === 'DELETE') return void response.writeHead(200).end();
    if (method === 'GET') return this.#openStream(socket, response, request);
    const message: Message = JSON.parse(text);
    if (this.transport === 'sse') {
      const line = this.#lines.get(url);
      if (!line) return void response.writeHead(404).end();
      return this.#hearPosted(message, line, { socket, response });
    }
    const session = request.headers['mcp-session-id'];
    const isKnown = this.isModern || message.method === 'initialize' || this.sessions.has(String(session));
    if (!isKnown) return this.#lost(response);
    this.#hearPosted(message, new Line(socket, 'sse'), { socket, response });
  }

  #openStream(socket: Socket, response: ServerResponse, request: IncomingMessage): void {
    if (this.refusing) return this.#refuse(response, this.refusing);
    const line = new Line(socket, 'sse');
    if (this.transport === 'sse') {
      const address = `/messages/${Math.random()}`;
      this.#lines.set(address, line);
      line.begin().write(`event: endpoint\ndata: ${address}\n\n`);
    } else if (this.sessions.has(String(request.headers['mcp-session-id']))) line.begin();
    else return void response.writeHead(404).end();
    this.#listen(line, undefined);
  }

  #listen(line: Line, id: string | number | undefined): void {
    this.streams.set(line, id);
    line.socket.once('close', () => this.streams.delete(line));
  }

  #refuse(response: ServerResponse, fault: FaultKind): void {
    this.refused++;
    if (fault === 'killed') {
      this.refusing = undefined;
      return void response.socket?.resetAndDestroy();
    }
    if (fault === 'wrong-type')
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>');
    response.writeHead(Number(fault.slice(7)), { 'content-type': 'text/plain' }).end('no');
  }

  #pipe(socket: Socket): void {
    const line = new Line(socket, 'lines');
    let pid: number | undefined;
    const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY });
    // An interface says its input's errors again: a program that was killed resets its connection.
    lines.on('error', () => {});
    lines.on('line', text => {
      if (pid !== undefined) return this.#hear(JSON.parse(text), { line, post: undefined, pid });
      pid = Number(text);
      this.pids.add(pid);
      this.#listen(line, undefined);
    });
  }

  #hearPosted(
    message: Message,
    line: Line,
    { socket, response }: { readonly socket: Socket; readonly response: ServerResponse },
  ): void {
    const isCall = message.id !== undefined && message.method !== undefined;
    const isRefused = !isCall && isQuestionAnswered(message) && this.refusing !== undefined;
    if (isRefused && this.refusing) return this.#refuse(response, this.refusing);
    const isSse = this.transport === 'sse';
    if (!isCall) response.writeHead(202).end();
    if (isCall && message.method !== 'tools/call' && !isSse)
      return this.#answerPlainly(message, line, response);
    const { plan } = this;
    const isMine = message.params?.arguments?.mark === plan?.mark;
    if (isSse && isCall && !(isMine && plan && plan.phase !== 'parked')) response.writeHead(202).end();
    this.#hear(message, { line, post: socket, response: isSse ? undefined : response });
  }

  #answerPlainly(message: Message, line: Line, response: ServerResponse): void {
    const { id, method } = message;
    if (method === 'subscriptions/listen') {
      if (this.refusing) return this.#refuse(response, this.refusing);
      line.begin();
      const params = {
        _meta: { 'io.modelcontextprotocol/subscriptionId': id },
        notifications: { toolsListChanged: true },
      };
      line.say(say({ method: 'notifications/subscriptions/acknowledged', params }));
      return this.#listen(line, id);
    }
    if (method === 'initialize') {
      const session = `s-${Math.random()}`;
      this.sessions.add(session);
      this.sessionsOpened++;
      response.setHeader('mcp-session-id', session);
    }
    response.setHeader('content-type', 'application/json');
    response.end(say({ id, ...plainResult(message, this.isModern, this.#changes) }));
  }

  #hear(
    message: Message,
    way: {
      readonly line: Line;
      readonly post: Socket | undefined;
      readonly pid?: number;
      readonly response?: ServerResponse | undefined;
    },
  ): void {
    const { id, method, params } = message;
    if (method === 'notifications/cancelled') this.cancelled.push(params?.requestId);
    if (method === undefined) return this.#answered(String(id));
    if (id === undefined) return;
    if (method !== 'tools/call')
      return way.line.say(say({ id, ...plainResult(message, this.isModern, this.#changes) }));
    const mark = String(params?.arguments?.mark);
    const token = params?._meta?.progressToken;
    const call: Call = { id, mark, token, post: way.post, line: way.line, pid: way.pid };
    this.inFlight.set(mark, call);
    way.post?.once('close', () => this.inFlight.get(mark) === call && this.inFlight.delete(mark));
    const { plan } = this;
    const isParkedHere = plan?.phase === 'parked' && this.isModern && params?.requestState !== undefined;
    const isVictim = plan?.mark === mark && (!['parked', 'listening'].includes(plan.phase) || isParkedHere);
    const isRefusal = plan?.fault === 'status-404' || plan?.fault === 'status-401';
    if (!(isVictim && isRefusal)) this.ran.push(mark);
    if (isVictim && plan && !(isParkedHere && plan.fault === 'killed'))
      return void misbehave(this, plan, call).catch(error => this.problems.push(error));
    if (params?.name === 'ask' && params.requestState === undefined) return this.#ask(call, way.response);
    setTimeout(() => this.#answer(call, way.response), DELAY_MS);
  }

  #ask(call: Call, response: ServerResponse | undefined): void {
    if (this.isModern) {
      this.ran.splice(this.ran.indexOf(call.mark), 1);
      const result = {
        resultType: 'input_required',
        inputRequests: { word: QUESTION },
        requestState: 'here',
      };
      response?.setHeader('content-type', 'application/json');
      return void response?.end(say({ id: call.id, result }));
    }
    if (this.transport === 'http-2025') call.line.begin();
    const question = `q-${++this.#asked}`;
    this.#asks.set(question, call);
    call.line.say(say({ id: question, ...QUESTION }));
  }

  #answered(question: string): void {
    const call = this.#asks.get(question);
    if (!call || this.plan?.phase === 'parked') return;
    call.line.say(answer(call.id, call.mark));
    if (this.transport === 'http-2025') call.line.end();
  }

  #answer(call: Call, response: ServerResponse | undefined): void {
    const text = answer(call.id, call.mark, this.isModern);
    this.inFlight.delete(call.mark);
    if (!response) return call.line.say(text);
    response.setHeader('content-type', 'application/json');
    response.end(text);
  }
}

import { inFile, type Mutant } from './mutant.ts';

const RESUMED = 'test/e2e/streams/resumption.test.ts';
const RECORDED = 'test/proxy/recordings.test.ts';
const UPSTREAM = 'test/e2e/streams/upstream-resumption.test.ts';
const SSE = 'test/e2e/streams/sse-clients.test.ts';
const STDIO = 'test/cli/stdio.test.ts';
const recordings = 'src/proxy/stream/recordings.ts';

/** Streams that are gone on with, and the transports to clients beside Streamable HTTP. */
export const CLIENT_MUTANTS: readonly Mutant[] = [
  inFile(recordings, RESUMED)(
    'recording?.source.session?.key === session.key && ',
    '',
    'a stream is resumed by another session',
  ),
  inFile(recordings, RECORDED)(
    'if (frame.length > this.#all.limits.streamBytes) return frame;',
    '',
    'an event of any size is kept',
  ),
  inFile(recordings, RECORDED)(
    'if (this.#bytes <= this.limits.allBytes) return;',
    'return;',
    'all streams together keep without end',
  ),
  inFile(recordings, RESUMED)(
    'if (!recording.isEnded) recording.stream.abandon();',
    '',
    'a call runs on though nobody came back',
  ),
  inFile('src/proxy/stream/listen.ts', RESUMED)(
    'if (!mayStillUse(context.caller, usedBy(recording.source.entry), deps.live.current()))',
    'if (false)',
    'an answer is resumed by who may use its server no longer',
  ),
  inFile('src/proxy/out.ts', RESUMED)(
    'if (this.#recording) this.#recording.left();',
    'if (this.#recording) this.#onGone?.(true);',
    'a call ends with its connection',
  ),
  inFile('src/upstream/streams/resumption.ts', UPSTREAM)(
    'if (hasFailed && ++this.#failures > MAX_FAILURES) return false;',
    '',
    'a server that is gone is asked for ever',
  ),
  inFile('src/proxy/relay/answer-relay.ts', UPSTREAM)(
    'if (!this.#isAnswered && !this.#resume()) this.#fail(this.#unknown());',
    'if (!this.#isAnswered) this.#fail(this.#unknown());',
    'a stream that a server ends early is not gone on with',
  ),
  inFile('src/proxy/sse/sse-lines.ts', SSE)(
    'this.#seal.open(given, boundTo(caller, place))',
    "this.#seal.open(given, '')",
    'the address of a line is bound to nobody',
  ),
  inFile('src/proxy/sse/sse-line.ts', SSE)(
    'for (const one of [...this.#underway]) one.gone();',
    '',
    'calls outlive the line that they came by',
  ),
  inFile('src/cli/stdio/answer-reader.ts', STDIO)(
    "all.every(one => one.jsonrpc === '2.0') ? all : undefined",
    'all.length > 0 ? all : undefined',
    'what is no JSON-RPC reaches standard output',
  ),
  inFile('src/cli/stdio/stdio-bridge.ts', STDIO)(
    'return status === 404 && before?.id !== undefined && this.#session.reopen(before);',
    'return false;',
    'a lost session stays lost',
  ),
];

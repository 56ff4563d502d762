// biome-ignore-all lint/suspicious/noTemplateCurlyInString: source text that is replaced
import { inFile, type Mutant } from '../mutant.ts';

const HEALTH = 'test/admin/health/health.test.ts';
const CREDENTIALS = 'test/admin/health/credentials.test.ts';
const TRACES = 'test/e2e/traces/traces.test.ts';
const METRICS = 'test/gateway/metrics.test.ts';

const health = inFile('src/upstream/health/health.ts', HEALTH);
const watch = inFile('src/upstream/health/health-watch.ts', HEALTH);
const vitals = inFile('src/upstream/health/vitals.ts', HEALTH);
const PARTS = 'test/admin/health/parts.test.ts';
const partly = inFile('src/upstream/health/vitals.ts', PARTS);
const parts = inFile('src/upstream/health/parts.ts', PARTS);
const probe = inFile('src/upstream/health/cheap-probe.ts', HEALTH);
const own = inFile('src/upstream/health/own-session.ts', HEALTH);
const credentials = inFile('src/upstream/health/credential-watch.ts', CREDENTIALS);
const context = inFile('src/mcp/trace-context.ts', TRACES);
const tracer = inFile('src/ledger/traces/tracer.ts', TRACES);
const span = inFile('src/ledger/traces/span.ts', TRACES);
const exporter = inFile('src/ledger/traces/exporter.ts', TRACES);
const reading = inFile('src/proxy/read.ts', TRACES);
const translate = inFile('src/proxy/relay/translate.ts', TRACES);
const telemetry = inFile('src/gateway/watching/telemetry.ts', TRACES);
const metrics = inFile('src/gateway/watching/metrics.ts', METRICS);

/** Of how servers are, traces and metrics. */
export const HEALTH_MUTANTS: readonly Mutant[] = [
  partly('if (part) return part;', '', 'a part that fails each time goes untold'),
  parts('goodAt > begun', 'goodAt > 0', 'a part fails where all does'),
  parts('failedAt > since', 'true', 'a part fails for ever'),
  health(
    "status.reason === 'refused' ? 'parked' : 'down'",
    "'down'",
    'a refused credential is a server that is down',
  ),
  health('return trouble ? { state:', 'return false ? { state:', 'a server that answers badly is online'),
  watch('this.#keep({ server: name,', 'void ({ server: name,', 'no change is kept'),
  watch('if (before || verdict.state', 'if (false && verdict.state', 'no change is told'),
  watch(
    'if (isGone(await probe(timeoutMs)))',
    'await probe(timeoutMs);\n      if (false)',
    'what stands before a server speaks for it',
  ),
  vitals("? 'slow' : undefined", '? undefined : undefined', 'a slow server is none'),
  vitals('bad >= ENOUGH && bad / all >= TROUBLED', 'false', 'a failing server is none'),
  probe(
    "if (status.state === 'down' && status.reason === 'refused') return undefined;",
    '',
    'a refused credential is sent again and again',
  ),
  probe(
    'isOpen ? session.headers : {}',
    'session?.headers ?? {}',
    'a session that is lost is asked for ever',
  ),
  own(
    "return { kind: 'replaced', reply };",
    'return NONE;',
    'the gateway takes the one session from who calls',
  ),
  credentials('left <= leftMs', 'left <= 0', 'nobody is warned before a credential ends'),
  credentials('if (await this.#wasTold(entry.name, detail)) return;', '', 'each start warns again'),
  context("version === 'ff' ||", '', 'a forbidden version is taken'),
  context('/^0+$/.test(traceId) || ', '', 'a trace of zeros is gone on with'),
  tracer('parent ? parent.isSampled : ', '', 'the sender does not decide'),
  tracer('entry.traceId = traceId;', '', 'the ledger does not know the trace'),
  span("uri.replace(/[?#].*$/s, '')", 'uri', 'what stands behind ? is exported'),
  exporter(
    'const timer = setTimeout(resolve, ms);',
    'const timer = setTimeout(() => {}, ms);',
    'a collector that hangs holds up the end',
  ),
  exporter('if (!isTaken) this.#dropped += batch.length;', '', 'nobody learns what a collector missed'),
  reading(
    'const parent = own ?? readTraceparent',
    'const parent = readTraceparent',
    'the trace of the message does not count',
  ),
  translate(
    'if (traceparent) headers.traceparent = traceparent;',
    '',
    'the header of the server is the client’s',
  ),
  translate(
    'if (isMeta) return inFront',
    'if (isMeta) return undefined;\n  if (isMeta) return inFront',
    'a server without a client’s trace learns none',
  ),
  telemetry("/$/, '')}/v1/traces`", "/$/, '')}`", 'traces go to another address'),
  metrics("state === 'unknown' ? [] :", 'false ? [] :', 'a server that nobody asked is down'),
];

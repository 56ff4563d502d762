import { systemClock } from '../../../base/index.ts';
import type { Config } from '../../../config/index.ts';
import type { Offline } from '../../offline.ts';
import { packageVersion } from '../../version.ts';
import { type Answer, createAsk } from '../asking.ts';
import { Stop } from '../hops.ts';
import { problems } from '../problems.ts';
import { broken, type ConfigCheck, type Finding, ok, type StoreCheck, skipped, warn } from './check.ts';

const HOP_MS = 5_000;
/** Tokens bear with half a minute of difference. */
const SKEW_MS = 30_000;

/** One look at an address, or why there was no answer. */
async function lookAt(url: URL): Promise<Answer | string> {
  const { createEgress } = await import('../../../http/index.ts');
  const egress = createEgress();
  const until = performance.now() + HOP_MS;
  const agent = `authmcp-gateway-doctor/${packageVersion()}`;
  try {
    return await createAsk({ egress, agent, until })(url);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return problems[error.problem.name].says;
  } finally {
    await egress.close();
  }
}

const isOurs = ({ status, body }: Answer): boolean => status === 200 && /"status"\s*:\s*"ok"/.test(body);

async function lookAtOrigin({ mode, port, dataDir }: Config): Promise<readonly Finding[]> {
  const { runningGateway } = await import('../../../config/index.ts');
  const running = runningGateway(dataDir);
  const { origin } = mode.at(running?.port ?? port);
  if (running === undefined) return [skipped(`${origin}: the gateway does not run`)];
  const answer = await lookAt(new URL('/health', origin));
  if (typeof answer === 'string')
    return [
      broken(`${origin} gives no answer: ${answer}`, 'correct MCP_PUBLIC_URL, or the proxy in front of it'),
    ];
  if (answer.status === 421)
    return [
      broken(
        `${origin} leads here under another name`,
        'let the proxy pass the Host on, or correct MCP_PUBLIC_URL',
      ),
    ];
  if (!isOurs(answer))
    return [
      broken(
        `${origin} is answered by something else (${answer.status})`,
        'correct MCP_PUBLIC_URL, or the proxy',
      ),
    ];
  return [ok(`${origin} leads to the gateway`)];
}

function skewOf({ headers }: Answer): number | undefined {
  const at = Date.parse(String(headers.date ?? ''));
  return Number.isNaN(at) ? undefined : systemClock.now() - at;
}

/** Servers all over the world are right; one of them may be wrong. */
async function lookAtClock({ servers }: Offline): Promise<readonly Finding[]> {
  const origins = (await servers()).flatMap(({ transport, enabled }) =>
    enabled && transport.kind !== 'stdio' ? [new URL(transport.url).origin] : [],
  );
  const asked = [...new Set(origins)].slice(0, 5);
  const answers = await Promise.all(asked.map(origin => lookAt(new URL('/', origin))));
  const skews = answers.flatMap(answer => (typeof answer === 'string' ? [] : (skewOf(answer) ?? [])));
  const [least] = skews.sort((a, b) => Math.abs(a) - Math.abs(b));
  if (least === undefined) return [skipped('no server said what time it is')];
  const seconds = Math.round(Math.abs(least) / 1000);
  if (Math.abs(least) <= SKEW_MS) return [ok(`at most ${seconds} s from that of the servers`)];
  const way = least > 0 ? 'ahead of' : 'behind';
  return [
    warn(
      `this clock is ${seconds} s ${way} that of the servers`,
      'set it by NTP: tokens are good for some time only',
    ),
  ];
}

export const originCheck: ConfigCheck = {
  heading: 'Cannot open `/admin` or the setup page',
  name: 'address',
  look: lookAtOrigin,
};
export const clockCheck: StoreCheck = { heading: '401 Unauthorized', name: 'clock', look: lookAtClock };

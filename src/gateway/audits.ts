import { Audits } from '../auditor/index.ts';
import type { Base } from './identity.ts';
import type { Path } from './path.ts';

/** The security auditor. It may go into private networks only where a server of the configuration lies (C2). */
export function buildAudits({ store, ledger, live, clock, origin }: Base, { egress, log }: Path): Audits {
  const isConfigured = ({ host, hostname }: URL): boolean => {
    if (host === new URL(origin()).host) return true;
    for (const { transport } of live.current().servers.values())
      if (transport.kind !== 'stdio' && URL.parse(transport.url)?.hostname === hostname) return true;
    return false;
  };
  const onProblem = (err: unknown) => log.error({ err }, 'an audit ended badly');
  return new Audits({ store, ledger, egress, clock, isPrivateAllowed: isConfigured, onProblem });
}

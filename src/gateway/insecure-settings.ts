import type { Config } from '../config/index.ts';
import type { Ledger } from '../ledger/index.ts';

/** What the operator opened on purpose stands among the security events of each start. */
export function noteInsecureSettings({ settings, mode }: Config, ledger: Ledger): void {
  const isPlain = mode.kind === 'served' && !mode.isHttps;
  const found = [isPlain && 'allowInsecureHttp', !settings['system.authRequired'] && 'system.authRequired'];
  for (const setting of found) {
    if (setting !== false) ledger.event({ type: 'insecure_setting', severity: 'high', detail: { setting } });
  }
}

import { DRAIN_MS, type Gateway } from '../../gateway.ts';

/** npm passes Ctrl+C on to a program that the terminal told already: what comes within this time is the same wish. */
const SAME_MS = 500;

/** What takes longer to close is told of; by then a second signal counts. */
const SILENT_MS = SAME_MS + 100;

/** Closes the gateway, and says what it waits for: whoever stopped it would think that it hangs. */
export async function closeTelling(gateway: Gateway, tell: (says: string) => void): Promise<void> {
  const timer = setTimeout(() => {
    const calls = gateway.calls();
    const what = calls === 1 ? '1 call' : `${calls} calls`;
    const most = `${DRAIN_MS / 1000} s at most`;
    if (calls > 0) tell(`Waiting for ${what} to end, ${most}. Ctrl+C again stops at once.`);
  }, SILENT_MS);
  await gateway.close().finally(() => clearTimeout(timer));
}

/** Runs `close` at the first SIGTERM or SIGINT and resolves when it is done; a second signal exits at once. */
export function closeOnSignal(close: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let closingSince: number | undefined;
    const onSignal = () => {
      if (closingSince !== undefined) {
        if (performance.now() - closingSince > SAME_MS) process.exit(130);
        return;
      }
      closingSince = performance.now();
      close().then(resolve, reject);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}

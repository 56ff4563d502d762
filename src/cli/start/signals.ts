/** npm passes Ctrl+C on to a program that the terminal told already: what comes within this time is the same wish. */
const SAME_MS = 500;

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

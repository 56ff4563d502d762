/** Runs `close` at the first SIGTERM or SIGINT and resolves when it is done; a second signal exits at once. */
export function closeOnSignal(close: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let isClosing = false;
    const onSignal = () => {
      if (isClosing) process.exit(130);
      isClosing = true;
      close().then(resolve, reject);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}

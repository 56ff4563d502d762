import { createServer } from 'node:net';

/** A port that was free a moment ago, for programs that cannot be given port 0. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise<void>(resolve => void server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('No TCP port was given.');
  return address.port;
}

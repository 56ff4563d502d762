import { Agent, request } from 'node:http';

export type Flood = { readonly port: number; readonly token: string };

/** As long as what an entry keeps of a method, in characters that take six bytes each where they are written as JSON. */
const LONG = '\\u0001'.repeat(512);
const AT_ONCE = 16;

/** So many requests that each leave a large entry; gives how many were answered, in whatever words. */
export async function flood({ port, token }: Flood, count: number, method = LONG): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let [sent, answered] = [0, 0];
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const body = `{"jsonrpc":"2.0","id":${sent},"method":"${method}"}`;
      const headers = {
        ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...{ 'user-agent': 'u'.repeat(256), 'content-length': Buffer.byteLength(body) },
      };
      const asked = request({ agent, host: '127.0.0.1', port, path: '/mcp', method: 'POST', headers });
      asked.once('response', response => {
        response.resume().once('end', () => {
          if ((response.statusCode ?? 500) < 500) answered++;
          resolve();
        });
      });
      asked.once('error', reject);
      asked.end(body);
    });
  const client = async () => {
    while (sent++ < count) await one();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  agent.destroy();
  return answered;
}

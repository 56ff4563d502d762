// What every figure is measured against: the least that a forwarder of tools/call can do. It is never changed.
import http from 'node:http';
import { Pool } from 'undici'; // node floor.mjs PORT UPSTREAM_PORT

const pool = new Pool('http://127.0.0.1:' + process.argv[3], { connections: 64, pipelining: 1 }),
  H = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
http
  .createServer((q, r) => {
    const c = [];
    q.on('data', d => c.push(d));
    q.on('end', () => {
      const m = JSON.parse((c.length === 1 ? c[0] : Buffer.concat(c)).toString('utf8'));
      m.params.name = m.params.name.slice(2);
      pool.dispatch(
        { path: '/mcp', method: 'POST', headers: H, body: JSON.stringify(m) },
        {
          onRequestStart() {},
          onResponseStart(_, s, h) {
            r.writeHead(s, { 'content-type': h['content-type'], 'content-length': h['content-length'] });
          },
          onResponseData(_, d) {
            r.write(d);
          },
          onResponseEnd() {
            r.end();
          },
          onResponseError(_, e) {
            r.writeHead(502);
            r.end(String(e));
          },
        },
      );
    });
  })
  .listen(+process.argv[2], '127.0.0.1', 511);

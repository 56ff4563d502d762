import type { IncomingMessage } from 'node:http';
import { Fault } from '../base/index.ts';

export type BodyLimits = { readonly bytes: number; readonly ms: number };

/**
 * The whole body. Faults: `too_large` above `limits.bytes`, `request_timeout` when it is not there after `limits.ms`,
 * `invalid_request` when the sender broke off.
 */
export function readRequestBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limits.bytes) return Promise.reject(new Fault('too_large'));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => fail(new Fault('request_timeout')), limits.ms);
    const fail = (fault: Fault): void => {
      clearTimeout(timer);
      request.removeAllListeners('data');
      request.pause();
      reject(fault);
    };
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limits.bytes) return fail(new Fault('too_large'));
      chunks.push(chunk);
    });
    request.on('end', () => {
      clearTimeout(timer);
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size));
    });
    request.on('error', cause =>
      fail(new Fault('invalid_request', { says: 'The request broke off', cause })),
    );
    request.on('aborted', () => fail(new Fault('invalid_request', { says: 'The request broke off' })));
  });
}

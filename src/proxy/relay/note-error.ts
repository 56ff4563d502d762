import type { Entry } from '../../ledger/index.ts';
import { isObject, members } from '../../mcp/index.ts';

const ERROR = Buffer.from('"error"');
const IS_ERROR = Buffer.from('"isError":true');

/** The ledger tells errors from answers without reading answers: a text search first, a scan only where it hits. */
export function noteError(entry: Entry, bytes: Buffer): void {
  if (bytes.includes(IS_ERROR)) entry.outcome = 'error';
  if (!bytes.includes(ERROR)) return;
  const error = members(bytes, bytes.indexOf(0x7b)).get('error');
  if (!error) return;
  const code: unknown = JSON.parse(bytes.toString('utf8', error.start, error.end));
  entry.outcome = 'error';
  entry.code = isObject(code) && typeof code.code === 'number' ? code.code : undefined;
}

export function isRpcError(body: Buffer): boolean {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isObject(value) && value.jsonrpc === '2.0' && isObject(value.error);
  } catch {
    return false;
  }
}

import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

/** What might hold a secret, wherever it stands in a logged object. Values of type `Secret` print themselves safely. */
const REDACTED = [
  'authorization',
  'cookie',
  'token',
  'password',
  'secret',
  '*.authorization',
  '*.cookie',
  '*.token',
  '*.password',
  '*.secret',
];

/** JSON lines with redaction. `level` as pino knows it; `destination` defaults to stderr. */
export function createLog(level: string, destination?: DestinationStream): Log {
  const formatters = { level: (label: string) => ({ level: label }) };
  const options = { level, base: null, formatters, redact: { paths: REDACTED, censor: '[secret]' } };
  return destination ? pino(options, destination) : pino(options, pino.destination({ fd: 2, sync: false }));
}

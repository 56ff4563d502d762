/** The file of a table, by the name that version 1 had for it. */
export const LOG_FILES: Readonly<Record<string, string>> = {
  activity: 'mcp_requests.log',
  sign_ins: 'auth.log',
};

/** What a column is called in a line, where that is another name; those of version 1 where it had one. */
const NAMES: Readonly<Record<string, string>> = {
  id: 'request_id',
  at: 'timestamp',
  principal: 'user_id',
  user_name: 'username',
  client: 'client_id',
  address: 'ip_address',
  endpoint: 'path',
  server: 'server_name',
  target: 'tool_name',
  duration_ms: 'response_time_ms',
  type: 'event_type',
  ok: 'success',
  detail: 'details',
};

type Line = (row: readonly unknown[]) => string;

/** What JSON has between quotes as it stands (RFC 8259 section 7), of ASCII. */
const PLAIN = /^[ !#-[\]-~]*$/;

function saidOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
}

/**
 * How a row becomes a line of JSON. Each request is one, so the names are laid out once, and what a column said last is
 * kept: most rows of a batch differ in few columns. A line break in a name is an escape of JSON, and stays in its line.
 */
export function lineOf(columns: readonly string[]): Line {
  const names = columns.map(column => `,${JSON.stringify(NAMES[column] ?? column)}:`);
  const time = columns.indexOf('at');
  const outcome = columns.indexOf('outcome');
  const success = columns.indexOf('ok');
  const last: unknown[] = names.map(() => undefined);
  const said: string[] = names.map(() => '');
  const say = (value: unknown, place: number): string => {
    if (value === null || value === undefined) return '';
    if (place === time) return `{"timestamp":"${new Date(Number(value)).toISOString()}"`;
    const name = names[place] as string;
    if (place === outcome) return `${name}${saidOf(value)},"success":${value === 'ok'}`;
    return name + (place === success ? String(value === 1) : saidOf(value));
  };
  const partOf = (row: readonly unknown[], place: number): string => {
    const value = row[place];
    if (value !== last[place]) {
      last[place] = value;
      said[place] = say(value, place);
    }
    return said[place] as string;
  };
  return row => {
    let line = partOf(row, time);
    for (let place = 0; place < names.length; place++) if (place !== time) line += partOf(row, place);
    return `${line}}\n`;
  };
}

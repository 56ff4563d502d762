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

/**
 * How a row becomes a line of JSON. Each request is one, so the names are laid out once; a line break in a name is an
 * escape of JSON, and stays in its line.
 */
export function lineOf(columns: readonly string[]): Line {
  const parts = columns.map(column => ({ column, name: `,${JSON.stringify(NAMES[column] ?? column)}:` }));
  const time = columns.indexOf('at');
  const outcome = columns.indexOf('outcome');
  return row => {
    let line = `{"timestamp":"${new Date(Number(row[time])).toISOString()}"`;
    if (outcome >= 0) line += `,"success":${row[outcome] === 'ok'}`;
    for (const [place, { column, name }] of parts.entries()) {
      const value = row[place];
      if (value === null || value === undefined || place === time) continue;
      if (column === 'ok') line += `${name}${value === 1}`;
      else line += name + (typeof value === 'number' ? value : JSON.stringify(value));
    }
    return `${line}}\n`;
  };
}

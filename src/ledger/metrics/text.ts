const escaped = (value: string) =>
  value.replace(/[\\"\n]/g, found => (found === '\n' ? '\\n' : `\\${found}`));

/** The name of a series as the Prometheus text format has it. */
export function labelled(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

export function head(name: string, type: 'counter' | 'gauge' | 'histogram', help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

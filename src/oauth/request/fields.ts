/** Parameters of a request in their order, doubled ones kept: the provider refuses those. */
export class Fields {
  #pairs: (readonly [string, string])[];

  constructor(text: string) {
    this.#pairs = [...new URLSearchParams(text)];
  }

  /** Of a JSON body, whose members are texts or numbers; undefined when it is no such object. */
  static fromJson(text: string): Fields | undefined {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return undefined;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const fields = new Fields('');
    for (const [name, member] of Object.entries(value)) {
      const members: readonly unknown[] = Array.isArray(member) ? member : [member];
      for (const one of members) {
        if (one === null || one === undefined) continue;
        if (typeof one !== 'string' && typeof one !== 'number') return undefined;
        fields.#pairs.push([name, String(one)]);
      }
    }
    return fields;
  }

  get(name: string): string | undefined {
    return this.#pairs.find(([known]) => known === name)?.[1];
  }

  all(name: string): readonly string[] {
    return this.#pairs.filter(([known]) => known === name).map(([, value]) => value);
  }

  set(name: string, value: string): void {
    const rest = this.#pairs.filter(([known]) => known !== name);
    this.#pairs = [...rest, [name, value]];
  }

  setAll(name: string, values: readonly string[]): void {
    const rest = this.#pairs.filter(([known]) => known !== name);
    this.#pairs = [...rest, ...values.map(value => [name, value] as const)];
  }

  delete(name: string): void {
    this.#pairs = this.#pairs.filter(([known]) => known !== name);
  }

  /** As in a query or a form. */
  toString(): string {
    return new URLSearchParams(
      this.#pairs.map(([name, value]): [string, string] => [name, value]),
    ).toString();
  }
}

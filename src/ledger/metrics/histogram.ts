import { labelled } from './text.ts';

const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

class Buckets {
  readonly #counts = new Uint32Array(BOUNDS.length + 1);
  #sum = 0;
  #count = 0;

  observe(seconds: number): void {
    let i = 0;
    while (i < BOUNDS.length && seconds > (BOUNDS[i] ?? 0)) i++;
    this.#counts[i] = (this.#counts[i] ?? 0) + 1;
    this.#sum += seconds;
    this.#count++;
  }

  lines(name: string, labels: Readonly<Record<string, string>>): string[] {
    let below = 0;
    const out = BOUNDS.map((bound, i) => {
      below += this.#counts[i] ?? 0;
      return `${labelled(`${name}_bucket`, { ...labels, le: String(bound) })} ${below}`;
    });
    out.push(
      `${labelled(`${name}_bucket`, { ...labels, le: '+Inf' })} ${this.#count}`,
      `${labelled(`${name}_sum`, labels)} ${this.#sum}`,
      `${labelled(`${name}_count`, labels)} ${this.#count}`,
    );
    return out;
  }
}

/** So many values of the label are told apart. */
const MOST = 500;
const OTHER = 'other';

/** How long things took, by one label. */
export class Histogram {
  readonly #label: string;
  readonly #of = new Map<string, Buckets>();

  constructor(label: string) {
    this.#label = label;
  }

  observe(value: string, seconds: number): void {
    const known = this.#of.get(value);
    if (known) known.observe(seconds);
    else this.#first(this.#of.size < MOST ? value : OTHER).observe(seconds);
  }

  #first(value: string): Buckets {
    const found = this.#of.get(value) ?? new Buckets();
    this.#of.set(value, found);
    return found;
  }

  lines(name: string): string[] {
    return [...this.#of].flatMap(([value, buckets]) => buckets.lines(name, { [this.#label]: value }));
  }
}

import type { RequestMessage } from '../../../mcp/index.ts';
import type { SecurityEvent } from '../../kinds/event.ts';
import { findHidden } from '../hidden-text.ts';
import type { Mark } from '../mark.ts';
import { findSecrets } from '../secrets.ts';
import { createClues } from './clues.ts';
import { findCommands } from './commands.ts';
import { MOST_TEXT, valuesOf } from './places.ts';
import { findTemplates } from './templates.ts';
import { findTraversal } from './traversal.ts';

type Severity = SecurityEvent['severity'];

/** One thing that may be wrong with what a call carries. */
type Row = {
  readonly severity: Severity;
  /** Bits of the clues without which it need not be looked for: all of one of these. */
  readonly bits: readonly number[];
  readonly find: (text: string, name: string) => readonly Mark[];
};

const BIT = { hidden: 1, path: 2, command: 4, template: 8, secret: 16, address: 32, at: 64 } as const;
const EVERY = 127;

/** What of a text, as the bytes of its JSON, is worth a closer look. */
const CLUES: readonly (readonly [clue: string, bit: number])[] = [
  // An escape may hide any of them; other escapes are line breaks, tabs, quotes and slashes.
  ['\\u', EVERY],
  ['\\[bf]', BIT.hidden],
  ['\x7f', BIT.hidden],
  ['\xc2[\x80-\x9f]', BIT.hidden],
  ['\xd8\x9c', BIT.hidden],
  ['\x80[\x8b-\x8f\xaa-\xae]', BIT.hidden],
  ['\x81[\xa0-\xa9]', BIT.hidden],
  ['\xf3\xa0', BIT.hidden],
  ['\xa0\x8e', BIT.hidden],
  ['\x85\xa4', BIT.hidden],
  ['\xbe\xa0', BIT.hidden],
  ['\xbb\xbf', BIT.hidden],
  ['..[/\\\\%;.]', BIT.path],
  ['\xbc\x8e', BIT.path],
  ['\x80\xa4', BIT.path],
  ['%[2cCuU0][e5EfF0c0CaAdD]', BIT.path | BIT.command],
  ['%[37][bcBC]', BIT.command],
  ['/etc', BIT.path],
  ['/pro', BIT.path],
  ['.ssh', BIT.path],
  ['.aws', BIT.path],
  ['ystem', BIT.path | BIT.template],
  ['[;|`&]', BIT.command],
  ['[$<>][(]', BIT.command],
  ['$[{I]', BIT.command],
  ['/dev/', BIT.command],
  ['[$#*@{<%][{%(]', BIT.template],
  ['T(', BIT.template],
  ['{p', BIT.template],
  ['<#', BIT.template],
  ['#s', BIT.template],
  ['$c', BIT.template],
  ['{i', BIT.template],
  ['{$', BIT.template],
  ['marker.', BIT.template],
  ['---', BIT.secret],
  ['A[KS]IA', BIT.secret],
  ['ASIA', BIT.secret],
  ['AIza', BIT.secret],
  ['gh[pousr]_', BIT.secret],
  ['hub_pat_', BIT.secret],
  ['glpat-', BIT.secret],
  ['xox[abposr]-', BIT.secret],
  ['sk-', BIT.secret],
  ['k_live_', BIT.secret],
  ['npm_', BIT.secret],
  ['hf_', BIT.secret],
  ['amg_', BIT.secret],
  ['eyJ', BIT.secret],
  ['://', BIT.address],
  ['@', BIT.at],
];

/** By the names of their settings. */
const TABLE = {
  control_characters: { severity: 'medium', bits: [BIT.hidden], find: findHidden },
  path_traversal: { severity: 'high', bits: [BIT.path], find: findTraversal },
  command_injection: { severity: 'high', bits: [BIT.command], find: findCommands },
  template_injection: { severity: 'high', bits: [BIT.template], find: findTemplates },
  secrets: { severity: 'high', bits: [BIT.secret, BIT.address | BIT.at], find: findSecrets },
} as const satisfies Record<string, Row>;

const ROWS = Object.entries(TABLE) as readonly (readonly [keyof typeof TABLE, Row])[];

export type PayloadDetector = keyof typeof TABLE | 'oversize';

/** By which detector what was found, and where; what it is stays with whoever sent it. */
export type Finding = Mark & {
  readonly detector: PayloadDetector;
  readonly severity: Severity;
  readonly place: string;
};

type Looked = Pick<RequestMessage, 'bytes' | 'params' | 'paramsAt'>;

/** What is looked for: `isOn` by detector, `mostBytes` of parameters before they are oversize. */
export type Looking = { readonly isOn: (detector: PayloadDetector) => boolean; readonly mostBytes: number };

/** What is wrong with the parameters of a call; mostly nothing, which one pass over their bytes shows. */
export type Inspector = (message: Looked, looking: Looking) => readonly Finding[];

const NOTHING: readonly Finding[] = [];

function findingsIn({ params }: Looked, bits: number, { isOn }: Looking): readonly Finding[] {
  const rows = ROWS.filter(([name, row]) => row.bits.some(all => (bits & all) === all) && isOn(name));
  if (rows.length === 0) return NOTHING;
  return valuesOf(params).flatMap(({ name, place, text }) =>
    rows.flatMap(([detector, { severity, find }]) =>
      find(text, name).map(mark => ({ ...mark, detector, severity, place })),
    ),
  );
}

/** What the detectors would find in a text, as if an argument named `path` held it: of that they believe least. */
export function findInText(text: string): readonly (Mark & { readonly detector: PayloadDetector })[] {
  return ROWS.flatMap(([detector, { find }]) => find(text, 'path').map(mark => ({ ...mark, detector })));
}

/** The detectors of what calls carry; see the table above. */
export function createInspector(): Inspector {
  const clues = createClues(CLUES);
  return (message, looking) => {
    const { bytes, paramsAt } = message;
    let bits = 0;
    let size = 0;
    for (const [name, { start, end }] of paramsAt ?? []) {
      if (name === '_meta') continue;
      if (size < MOST_TEXT) bits |= clues(bytes, start, Math.min(end, start + MOST_TEXT - size));
      size += end - start;
    }
    const found = bits === 0 ? NOTHING : findingsIn(message, bits, looking);
    if (size <= looking.mostBytes || !looking.isOn('oversize')) return found;
    const large: Finding = { detector: 'oversize', severity: 'low', kind: `${size} bytes`, at: 0, place: '' };
    return [...found, large];
  };
}

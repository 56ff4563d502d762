import { type Mark, marksOf, type Pattern } from './mark.ts';

const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;

const ALWAYS: readonly Pattern[] = [
  // Unicode tags: a whole alphabet that nothing shows and models read.
  ['tag characters', /[\u{e0001}\u{e0020}-\u{e007f}]/u],
  ['characters that turn the line', /[\u202a-\u202e\u2066-\u2069]/],
  // Joiners of emoji and of scripts that need them stand between letters of those.
  ['invisible characters', /[\u200b\u2060-\u2064\u180e\u3164\uffa0]|(?<!^)\ufeff/],
  [
    'invisible joiners',
    /(?<!\ufe0f|[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{M}]|[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Tamil}\p{Script=Telugu}])[\u200c\u200d]/u,
  ],
  ['control characters', /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/],
  ['variation selectors', /[\u{e0100}-\u{e01ef}]{2}/u],
];

const MARKS: readonly Pattern[] = [['marks of direction', /[\u200e\u200f\u061c]/]];

/** What people do not see in a text and programs do. */
export function findHidden(text: string): readonly Mark[] {
  // A text that is written from the right needs its marks.
  return marksOf(text, RIGHT_TO_LEFT.test(text) ? ALWAYS : [...ALWAYS, ...MARKS]);
}

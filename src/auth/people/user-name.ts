/** What a person who comes alone may be called. */
export const USER_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{2,49}$/;

/** What an administrator may call people and groups: it stands in grants, commands and files, and means nothing there. */
export function isName(name: string): boolean {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_.@-]{0,63}$/u.test(name);
}

/** Ends the sentence "a name has ...". */
export const NAME_HAS = '1 to 64 letters, digits, _ . @ or -';

/** Scripts that belong to one way of writing (UTS 39, highly restrictive). */
const WRITINGS: readonly RegExp[] = [
  /^[\p{Script=Latin}\P{L}]*$/u,
  /^[\p{Script=Latin}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\P{L}ー]*$/u,
  /^[\p{Script=Latin}\p{Script=Han}\p{Script=Bopomofo}\P{L}]*$/u,
  /^[\p{Script=Latin}\p{Script=Han}\p{Script=Hangul}\P{L}]*$/u,
];
/** Letters of Cyrillic, Greek and Armenian that look like Latin ones. */
const LATIN_LIKE = /^[асеіјорѕхуһԁԛԝүαεικνορτυχγօսհոАВЕЅІЈКМНОРСТХУΑΒΕΖΗΙΚΜΝΟΡΤΥΧ\P{L}]*$/u;

/** Other scripts, of which a name has one. */
const OTHERS = [
  ...[
    'Cyrillic',
    'Greek',
    'Armenian',
    'Georgian',
    'Hebrew',
    'Arabic',
    'Ethiopic',
    'Thai',
    'Lao',
    'Khmer',
    'Myanmar',
  ],
  ...[
    'Devanagari',
    'Bengali',
    'Gujarati',
    'Gurmukhi',
    'Kannada',
    'Malayalam',
    'Tamil',
    'Telugu',
    'Sinhala',
    'Tibetan',
  ],
].map(script => new RegExp(`^[\\p{Script=${script}}\\P{L}]*$`, 'u'));

/** Whether it could be taken for another name: letters of several scripts, or only letters that look like Latin ones. */
export function isLookAlike(name: string): boolean {
  const text = name.normalize('NFKC');
  if (WRITINGS.some(writing => writing.test(text))) return false;
  return LATIN_LIKE.test(text) || !OTHERS.some(script => script.test(text));
}

/** Goes on from the name itself. */
export const LOOKS_ALIKE =
  'mixes letters of several scripts, or has only such that look like Latin ones: it could be taken for another name';

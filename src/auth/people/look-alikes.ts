/** Scripts that people write today (UTS 31, recommended and limited use). A name has letters of one of them. */
const SCRIPTS = `
  Latin Cyrillic Greek Armenian Georgian Hebrew Arabic Syriac Thaana Ethiopic Tifinagh Nko Vai Adlam Bamum Cherokee Osage
  Canadian_Aboriginal Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Tibetan Thai Lao
  Khmer Myanmar Mongolian Yi Lisu Miao Newa Limbu Lepcha Ol_Chiki Meetei_Mayek Syloti_Nagri Saurashtra Chakma Wancho
  Hanifi_Rohingya Tai_Le New_Tai_Lue Tai_Tham Tai_Viet Cham Kayah_Li Balinese Javanese Sundanese Batak Mandaic`
  .trim()
  .split(/\s+/);

/** Scripts that belong to one way of writing (UTS 39, highly restrictive). */
const TOGETHER = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
];

/** By extensions: a letter that some scripts share, as the Arabic tatweel, belongs to each of these and to no other. */
const WRITINGS = [...SCRIPTS.map(script => [script]), ...TOGETHER].map(scripts => {
  const letters = [...scripts, 'Common', 'Inherited'].map(script => `\\p{Script_Extensions=${script}}`);
  return new RegExp(`^[${letters.join('')}\\P{L}]*$`, 'u');
});

/** Letters of other scripts, each above the Latin one that it looks like. */
const LIKE_LATIN = [
  ['асеіјорѕхуһԁԛԝү', 'aceijopsxyhdqwy'],
  ['АВЕЅІЈКМНОРСТХУ', 'ABESIJKMHOPCTXY'],
  ['αεικνορτυχγ', 'aeikvoptuxy'],
  ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'],
  ['օսհո', 'ouhn'],
  ['ᎠᎡᎢᎪᎫᎬᎳᎷᎻᏃᏙᏚᏞᏟᏢᏦᏴ', 'DRTAJEWMHZVSLCPKB'],
  ['ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ', 'BPDTGKJCZFMNLSRVHWXYAEIOU'],
] as const;

const LATIN_OF = new Map(
  LIKE_LATIN.flatMap(([letters, latin]) =>
    [...letters].map((letter, at) => [letter, latin.charAt(at)] as const),
  ),
);

/** What a name looks like: the same for two that cannot be told apart. */
const lookOf = (name: string) =>
  [...name.normalize('NFKC')]
    .map(letter => LATIN_OF.get(letter) ?? letter)
    .join('')
    .toLowerCase();

/** Which of the names that are there looks the same. One that differs in nothing but case is taken, not alike. */
function twinOf(name: string, others: Iterable<string>): string | undefined {
  const [look, same] = [lookOf(name), name.toLowerCase()];
  for (const other of others) if (lookOf(other) === look && other.toLowerCase() !== same) return other;
  return undefined;
}

const isMixed = (name: string) => !WRITINGS.some(writing => writing.test(name.normalize('NFKC')));

/** Why a new name could be taken for another one; goes on from the name itself. `others`: of people and groups. */
export function alikeBecause(name: string, others: Iterable<string>): string | undefined {
  if (isMixed(name))
    return 'has letters of several scripts, or of one that is written no more: it could be taken for another name';
  const twin = twinOf(name, others);
  return twin === undefined ? undefined : `looks the same as ${twin}, which is there already`;
}

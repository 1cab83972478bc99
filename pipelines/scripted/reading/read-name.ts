import { applySpelling } from './apply-spelling.ts';
import { commonWords, curses, emptyWords, weakWords } from './common-words.ts';

/** First names that are words too. */
const wordsThatAreNames = new Set(['will', 'may', 'april', 'june', 'august', 'hope']);
/** Words that follow a first name as a surname: "Sandra Day". */
const wordsThatAreSurnames = new Set([
  'day',
  'long',
  'short',
  'little',
  'small',
  'place',
  'way',
  'hope',
  'good',
  'english',
]);
const titles = new Set(['dr', 'doctor', 'mr', 'mister', 'mrs', 'ms', 'miss', 'professor']);
/** Words that are no part of a name, so that an answer that is not a name is not taken for one. */
const notNames = new Set(
  [...weakWords, ...emptyWords, ...commonWords, ...curses]
    .filter((each) => !wordsThatAreNames.has(each))
    .concat(
      `whom whose many appointment number phone message name called calling speaking here book tell said spell spelled
      spelling correct right wrong want wanted it's its i'm that's what's i'd i'll i've he's she's you're they're don't
      can't won't without under years sunday open close cost price one two three four five six seven eight nine zero double
      repeat change cancel robot human question nope sara's later soon anyway whatever forever once twice today's
      brother sister mother father mom dad husband wife son daughter friend patient customer caller dentist clinic office
      does doing done having being yep thanks god fine busy driving sick interested available sorry`.split(/\s+/),
    ),
);
/** Written small inside a name. */
const particles = new Set([
  'van',
  'von',
  'de',
  'der',
  'den',
  'del',
  'della',
  'di',
  'da',
  'la',
  'le',
  'bin',
  'al',
  'el',
  'ter',
]);
const word = String.raw`[\p{L}][\p{L}.'’-]*`;
const several = String.raw`(${word}(?: ${word}){0,4})`;
const introduced = [
  new RegExp(
    String.raw`\b(?:(?:my|the|our|his|her|full|first|last) )*name(?:['’]s| is| was|,)? (?:is )?(?:under )?${several}`,
    'iu',
  ),
  new RegExp(String.raw`\b(?:this is|call me|here is|you are speaking (?:to|with)) ${several}`, 'iu'),
  new RegExp(String.raw`(?:^|[.,!?] )${several} (?:here|speaking|calling)\b`, 'iu'),
];
const stated = new RegExp(String.raw`\b(?:i am|i['’]m|it is|it['’]s|that is|that['’]s) ${several}`, 'iu');
/** Whom a call is for, or where a name is filed; only where a name was asked for. */
const forWhom = new RegExp(
  String.raw`\b(?:(?:for|my) (?:my |our )?(?:husband|wife|son|daughter|mother|father|mom|dad|brother|sister|friend|partner|child|kid)|under)(?:['’]s name|,)? ${several}`,
  'iu',
);
const lead =
  /^(?:(?:uh|um|er|oh|well|so|hi|hello|yes|yeah|sure thing|sure|okay|ok|of course|certainly|no|sorry|actually|i mean|it is|it['’]s|i am|i['’]m|this is|that is|that['’]s|that would be|my name is|my name['’]s|the name is|the name['’]s|name is|under|call me|just|please|make it)[,.:!]* +)+/i;

/**
 * A person's name: "my name is Sara Connor", "Sara here", also spelled ("S A R A") or with a hint ("Sara without an h").
 * With `expected`, a bare name counts. Names are written with capitals.
 */
export function readName(utterance: string, expected: boolean): string | undefined {
  const text = utterance.replace(/\s+/g, ' ').trim();
  for (const pattern of introduced) {
    const name = nameIn(pattern.exec(text)?.[1], text);
    if (name) return name;
  }
  const other = expected ? nameIn(forWhom.exec(text)?.[1], text) : undefined;
  if (other) return other;
  const said = stated.exec(text)?.[1];
  if (said && (expected || /^\p{Lu}/u.test(said))) {
    const name = nameIn(said, text);
    if (name && (expected || !/^\p{Lu}\p{Ll}*(?:ing|ed)$/u.test(name))) return name;
  }
  return expected ? nameIn(text.replace(lead, ''), text) : undefined;
}

/** The utterance without the words in which the caller says who they are. */
export function withoutName(utterance: string): string {
  for (const pattern of introduced) {
    const match = pattern.exec(utterance);
    const words = nameIn(match?.[1], utterance)?.split(' ').length ?? 0;
    if (!match?.[1] || words === 0) continue;
    const after = match[1].split(/\s+/).slice(words).join(' ');
    return `${utterance.slice(0, match.index)} ${after} ${utterance.slice(match.index + match[0].length)}`.trim();
  }
  return utterance;
}

function nameIn(candidate: string | undefined, utterance: string): string | undefined {
  if (!candidate) return undefined;
  const words: string[] = [];
  const heard = candidate.split(/[\s,]+/);
  for (const part of heard) {
    const plain = part.replace(/(?<![.!?:;])[.!?:;]+$/, '').replace(/['’]s$/, '');
    const small = plain.toLowerCase();
    if (notNames.has(small) && !(words.length > 0 && wordsThatAreSurnames.has(small))) break;
    if (plain === '' || !/^\p{L}[\p{L}'’.-]*$/u.test(plain)) break;
    if (/^\p{L}(?:-\p{L})+$/u.test(plain) || (plain.length === 1 && /^\p{L}$/u.test(heard[words.length + 1] ?? '')))
      break;
    words.push(particles.has(small) && words.length > 0 ? small : capital(plain));
    if (words.length === 4 || /[.!?;]$/.test(part.replace(/^(?:dr|mr|mrs|ms|st)\.$/i, ''))) break;
  }
  if (words.every((each) => titles.has(each.toLowerCase().replace('.', '')))) words.length = 0;
  // "Miller, Sarah Miller": a surname before the whole name.
  if (words.length > 2 && words[0] === words.at(-1)) words.shift();
  const spelledFrom = utterance.slice(utterance.indexOf(candidate));
  const name = applySpelling(words.join(' '), spelledFrom);
  return name === '' ? undefined : name;
}

function capital(word: string): string {
  const mixed = word === word.toLowerCase() || (word === word.toUpperCase() && word.length > 2);
  if (!mixed) return word;
  return word.toLowerCase().replace(/(^|[-'’])\p{L}/gu, (letter) => letter.toUpperCase());
}

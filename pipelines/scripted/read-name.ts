import { applySpelling } from './apply-spelling.ts';

/** Words that are no part of a name, so that an answer that is not a name is not taken for one. */
const notNames = new Set(
  `a an the i you he she it we they me my your his her our their this that these those is am are was were be been being do
  does did have has had can could would should shall must of to in on at for from with by and or but if so as not no yes
  yeah yep sure ok okay please thanks thank what which who whom whose when where why how any some all just also too um uh er
  well hello hi hey sorry actually about appointment number phone message name called calling speaking here there want need
  like book get know tell say said spell spelled spelling correct right wrong sara's after before because want wanted it's
  i'm that's what's i'd i'll don't can't without now then today tomorrow monday tuesday wednesday thursday friday saturday
  sunday much many more open close cost price time day week really very good great fine one two three four five six seven
  eight nine zero oh double still again repeat change cancel nothing nobody robot human person help question leave`.split(
    /\s+/,
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
const lead =
  /^(?:(?:uh|um|er|oh|well|so|hi|hello|yes|yeah|sure|okay|ok|of course|certainly|no|sorry|actually|i mean|it is|it['’]s|i am|i['’]m|this is|that is|that['’]s|that would be|my name is|my name['’]s|the name is|the name['’]s|name is|under|call me|just|please|make it)[,.:!]* +)+/i;

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
  const said = stated.exec(text)?.[1];
  if (said && (expected || /^\p{Lu}/u.test(said))) {
    const name = nameIn(said, text);
    if (name && (expected || !/^\p{Lu}\p{Ll}*(?:ing|ed)$/u.test(name))) return name;
  }
  return expected ? nameIn(text.replace(lead, ''), text) : undefined;
}

function nameIn(candidate: string | undefined, utterance: string): string | undefined {
  if (!candidate) return undefined;
  const words: string[] = [];
  const heard = candidate.split(/[\s,]+/);
  for (const part of heard) {
    const plain = part.replace(/[.!?:;]+$/, '').replace(/['’]s$/, '');
    const small = plain.toLowerCase();
    if (plain === '' || notNames.has(small) || !/^\p{L}[\p{L}'’.-]*$/u.test(plain)) break;
    if (/^\p{L}(?:-\p{L})+$/u.test(plain) || (plain.length === 1 && /^\p{L}$/u.test(heard[words.length + 1] ?? '')))
      break;
    words.push(particles.has(small) && words.length > 0 ? small : capital(plain));
    if (words.length === 4 || /[.!?;]$/.test(part.replace(/^(?:dr|mr|mrs|ms|st)\.$/i, ''))) break;
  }
  const spelledFrom = utterance.slice(utterance.indexOf(candidate));
  const name = applySpelling(words.join(' '), spelledFrom);
  return name === '' ? undefined : name;
}

function capital(word: string): string {
  const mixed = word === word.toLowerCase() || (word === word.toUpperCase() && word.length > 2);
  if (!mixed) return word;
  return word.toLowerCase().replace(/(^|[-'’])\p{L}/gu, (letter) => letter.toUpperCase());
}

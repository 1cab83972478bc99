const units: Record<string, string> = {
  zero: '0',
  oh: '0',
  o: '0',
  nought: '0',
  one: '1',
  two: '2',
  three: '3',
  four: '4',
  five: '5',
  six: '6',
  seven: '7',
  eight: '8',
  nine: '9',
};
/** Words that speech recognition writes for digits; taken as digits only among digits. */
const homophones: Record<string, string> = {
  // "Oh" comes back as an article.
  a: '0',
  ow: '0',
  won: '1',
  to: '2',
  too: '2',
  tree: '3',
  for: '4',
  fore: '4',
  sex: '6',
  ate: '8',
  owe: '0',
  nine: '9',
};
const teens: Record<string, string> = {
  ten: '10',
  eleven: '11',
  twelve: '12',
  thirteen: '13',
  fourteen: '14',
  fifteen: '15',
  sixteen: '16',
  seventeen: '17',
  eighteen: '18',
  nineteen: '19',
};
const tens: Record<string, string> = {
  twenty: '2',
  thirty: '3',
  forty: '4',
  fourty: '4',
  fifty: '5',
  sixty: '6',
  seventy: '7',
  eighty: '8',
  ninety: '9',
};
const separators = new Set('dash hyphen dot space then and area code uh um er ah hmm like'.split(' '));
/** What announces that the digits before were wrong. */
const corrections = new Set(['no', 'sorry', 'wait', 'actually', 'rather', 'mean', 'correction', 'scratch']);
const unsaid = new Set([
  'i',
  'or',
  'that',
  'it',
  'is',
  'its',
  's',
  'oh',
  'not',
  'the',
  'last',
  'was',
  'ends',
  'in',
  'with',
  'make',
]);
/** From here on digits that correct others are the whole number. */
const wholeNumber = 7;

type Piece = { digits: string; start: number; end: number };

/**
 * The longest run of digits in an utterance as speech recognition writes it: "555-0123", "five five five oh one",
 * "double two", "plus one", "eight hundred", "fifty five twelve". After "no wait" fewer digits replace the last ones. A
 * leading `+` is kept. `rest` is the utterance without it.
 */
export function readDigits(utterance: string): { digits: string; rest: string } | undefined {
  const words = [...utterance.toLowerCase().matchAll(/\+|[\p{L}]+|\d+/gu)].map((match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
  let best: Piece | undefined;
  let wrong: Piece | undefined;
  let run: Piece | undefined;
  const wordAt = (index: number) => words[index]?.text ?? '';
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (!word) break;
    const found = digitsAt(wordAt, index, run !== undefined);
    if (found) {
      const end = words[index + found.words - 1]?.end ?? word.end;
      run = run ? { ...run, digits: run.digits + found.digits, end } : { digits: found.digits, start: word.start, end };
      index += found.words - 1;
      const corrected = wrong ? correct(wrong, run) : run;
      if (!best || wrong || corrected.digits.length >= best.digits.length) best = corrected;
    } else if (corrections.has(word.text)) {
      wrong = best;
      run = undefined;
    } else if (!separators.has(word.text)) {
      run = undefined;
      if (!unsaid.has(word.text)) wrong = undefined;
    }
  }
  if (!best || !/\d/.test(best.digits)) return undefined;
  const rest = `${utterance.slice(0, best.start)} ${utterance.slice(best.end)}`.replace(/\(\s*\)?|\)/g, ' ');
  return { digits: best.digits, rest: rest.replace(/\s+/g, ' ').trim() };
}

/** Digits of which the last are said anew. */
function correct(wrong: Piece, { digits, start, end }: Piece): Piece {
  const kept = digits.length < wholeNumber ? wrong.digits.slice(0, -digits.length) : '';
  return { digits: kept + digits, start: kept === '' ? start : wrong.start, end };
}

function digitsAt(
  wordAt: (index: number) => string,
  index: number,
  running: boolean,
): { digits: string; words: number } | undefined {
  const word = wordAt(index);
  const next = wordAt(index + 1);
  if (word === '+' || (word === 'plus' && single(next))) return running ? undefined : { digits: '+', words: 1 };
  if (/^\d+$/.test(word)) return { digits: word, words: 1 };
  if (word === 'double' || word === 'triple') {
    const digit = single(next);
    return digit ? { digits: digit.repeat(word === 'double' ? 2 : 3), words: 2 } : undefined;
  }
  const unit = units[word];
  if (unit !== undefined) {
    if ((word === 'o' || word === 'oh') && !running && !single(next)) return undefined;
    if (next === 'hundred') return { digits: `${unit}00`, words: 2 };
    return next === 'thousand' ? { digits: `${unit}000`, words: 2 } : { digits: unit, words: 1 };
  }
  if (teens[word]) return { digits: teens[word], words: 1 };
  const ten = tens[word];
  if (ten) {
    const following = units[next];
    return following && following !== '0' ? { digits: ten + following, words: 2 } : { digits: `${ten}0`, words: 1 };
  }
  // At the beginning only before more than one digit: "a five" is an answer of its own.
  if (word === 'a' && index === 0 && single(next) && single(wordAt(2))) return { digits: '0', words: 1 };
  const sameSound = homophones[word];
  return sameSound && running && (single(next) || homophones[next]) ? { digits: sameSound, words: 1 } : undefined;
}

function single(word: string): string | undefined {
  return /^\d$/.test(word) ? word : (units[word] ?? (/^\d+$/.test(word) ? word : undefined));
}

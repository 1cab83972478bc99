const contractions: readonly (readonly [RegExp, string])[] = [
  [/\b(can|do|does|did|is|are|was|were|has|have|had|would|could|should|must)n['’]?t\b/g, '$1 not'],
  [/\b(?:can['’]t|cant|cannot)\b/g, 'can not'],
  [/\bwon['’]?t\b/g, 'will not'],
  [/\b(i|you|we|they|he|she|it|that|there|who|what|where|when|how)['’]ll\b/g, '$1 will'],
  [/\b(i|you|we|they)['’]ve\b/g, '$1 have'],
  [/\b(i|you|we|they|he|she|who)['’]d\b/g, '$1 would'],
  [/\b(you|we|they)['’]re\b/g, '$1 are'],
  [/\bi['’]?m\b/g, 'i am'],
  [/\bid\b/g, 'i would'],
  [/\bill(?= (?:be|call|come|do|get|go|have|let|need|pay|see|stay|take|tell|think|try|wait)\b)/g, 'i will'],
  [/\bive\b/g, 'i have'],
  [/\b(you|they)re\b/g, '$1 are'],
  [/\b(she|he|it|there)s\b/g, '$1 is'],
  [/\b(it|that|there|he|she|who|what|where|when|how|here)['’]s\b/g, '$1 is'],
  [/\b(what|that|where|who)s\b/g, '$1 is'],
  [/\blet['’]?s\b/g, 'let us'],
  [/\bgonna\b/g, 'going to'],
  [/\bwanna\b/g, 'want to'],
  [/['’]s\b/g, ''],
];

const contracted =
  /['’]|\b(?:im|id|ill|ive|youre|theyre|shes|hes|its|theres|lets|cant|cannot|wont|gonna|wanna|(?:what|that|where|who)s|[a-z]+nt)\b/;

/** Lower-cased words of an utterance, contractions written out, without accents or punctuation. */
export function tokenize(text: string): string[] {
  let plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  if (contracted.test(plain)) for (const [pattern, full] of contractions) plain = plain.replace(pattern, full);
  return plain.replace(/['’]/g, '').match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** The word without the endings of inflection, so that "opening", "opens" and "opened" are one word. */
export function stem(word: string): string {
  if (word.length < 4 || /\d/.test(word)) return word;
  let root = word;
  if (root.endsWith('ies') && root.length > 4) root = `${root.slice(0, -3)}y`;
  else if (/(?:[sxz]|ch|sh)es$/.test(root)) root = root.slice(0, -2);
  else if (/[^s]s$/.test(root)) root = root.slice(0, -1);
  for (const ending of ['ing', 'ed', 'er', 'ly']) {
    if (root.endsWith(ending) && /[aeiouy].*/.test(root.slice(0, -ending.length)) && root.length - ending.length >= 3) {
      root = root.slice(0, -ending.length);
      break;
    }
  }
  if (/([bdfgklmnprt])\1$/.test(root)) root = root.slice(0, -1);
  return root.length > 3 ? root.replace(/e$/, '') : root;
}

export type BannedPhrase = { pattern: RegExp; instead: string; example: string; everywhere?: true };

/**
 * Turns of phrase that make a native reader stumble, and what to write instead. `everywhere` also holds for comments; the others
 * hold for what users read: pages, messages, help.
 */
export const bannedPhrases: BannedPhrase[] = [
  { pattern: /\bmend(s|ed|ing)?\b/i, instead: 'fix', example: 'It says how to mend it.', everywhere: true },
  { pattern: /\b(on|at) wish\b/i, instead: 'on request', example: 'Installed on wish.', everywhere: true },
  { pattern: /\bwished for\b/i, instead: 'ask for', example: 'the day that was wished for', everywhere: true },
  {
    pattern: /\bdear(est|er)\b/i,
    instead: 'most expensive',
    example: 'Which calls were the dearest?',
    everywhere: true,
  },
  { pattern: /\bby browser\b/i, instead: 'in the browser', example: 'receptionist by browser', everywhere: true },
  {
    pattern: /\b\d+ character\b(?! (limit|set|string))/,
    instead: 'characters',
    example: '430 character',
    everywhere: true,
  },
  { pattern: /\bcomes? along\b/i, instead: 'is included', example: 'Three agents come along.', everywhere: true },
  { pattern: /\b(as|in) life\b/i, instead: 'in practice', example: 'They have one in life.', everywhere: true },
  { pattern: /\b(tells?|telling|told) of\b/i, instead: 'report, mention', example: 'The log tells of it.' },
  {
    pattern: /\btells\b(?! (the|you|callers?|people|them|him|her|a person|everybody|each|it|browsers|others|apart)\b)/i,
    instead: 'reports, shows, says, sends',
    example: 'The page tells how.',
  },
  {
    pattern: /\btell (what|when|which|whether|how|only|apart from)\b/i,
    instead: 'show, say, report',
    example: 'The headers tell what is left.',
  },
  {
    pattern: /\b(is|are|was|were|be|been|being|and) told\b(?! (to|that|who|why|once|what|how|about|the|apart)\b)/i,
    instead: 'reported, shown, sent, given',
    example: 'Late words are told late.',
  },
  {
    pattern: /\b(ears|brains?|mouth)\b/i,
    instead: 'STT, LLM, TTS; the scripted responder',
    example: 'with ears, brain and voice',
  },
  {
    pattern:
      /(?<!\bthere )\b(is|are|was|were) (none|no (?!(longer|more|less|such|different|later|earlier|fewer|greater|doubt|use|good|one|place|matter)\b))(?!\w*\?)/i,
    instead: 'is not a',
    example: 'which is no field',
  },
  { pattern: /\bstands? (in|at|on|with) (?!(for|by)\b)/i, instead: 'is in', example: 'The number stands in the file.' },
  {
    pattern: /\bstands? (under|there|here|beside|below|above|first|behind|between|alone)\b/i,
    instead: 'is',
    example: 'It stands there.',
  },
  { pattern: /\bas (it|they) stands?\b/i, instead: 'as it is', example: 'Spoken as it stands.' },
  {
    pattern: /\bso (many|long|much) (after|before|days|seconds|minutes|hours|milliseconds)\b/i,
    instead: 'this many',
    example: 'so many days after',
  },
  { pattern: /\blooks? on\b/i, instead: 'watches', example: 'a page that looks on' },
  { pattern: /\b(is|are) well\b(?! (above|below|under|here))/i, instead: 'is healthy', example: 'The worker is well.' },
  { pattern: /\b(is|are|was|were) away\b/i, instead: 'is down, cannot be reached', example: 'Redis is away.' },
  { pattern: /\banew\b/i, instead: 'again', example: 'It asks anew.' },
  { pattern: /\bhence\b/i, instead: 'so', example: 'hence no key' },
  { pattern: /\bunmade\b/i, instead: 'undone', example: 'A call cannot be unmade.' },
  { pattern: /\bbroken off\b/i, instead: 'cut short', example: 'The call was broken off.' },
  {
    pattern: /\b(is|are|not|was) in order\b(?!,| to)/i,
    instead: 'is right, passed',
    example: 'The check is in order.',
  },
  { pattern: /\bbesides([.,;:)]|$)/im, instead: 'also, as well', example: 'and a name besides.' },
  { pattern: /\bunder way\b/i, instead: 'running', example: 'a call under way' },
  { pattern: /\bnone of (ours|theirs|its own)\b/i, instead: 'not one of ours', example: 'It is none of ours.' },
  {
    pattern: /\b(call|request|number|file|worker|key)s? of (somebody|nobody)\b/i,
    instead: "somebody's",
    example: 'the call of somebody',
  },
  { pattern: /\brings nobody\b/i, instead: 'places no call', example: 'it rings nobody' },
];

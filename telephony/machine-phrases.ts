/**
 * What the words of whoever answered show.
 * - `screening`: asks who calls and why, as an assistant of the phone does, and some voicemails.
 * - `fetching`: the assistant says that it will fetch the person.
 * - `recording`: only a machine that takes a message says so.
 * - `request`: what to leave; a machine says so, or somebody who takes it down.
 * - `greeting`: the greeting of a machine; people say so in other sentences.
 * - `absence`: people say so as often as machines: "I can't take this now, I'll call you back".
 * - `menu`: a company's machine that wants a key.
 * - `announcement`: the carrier says that the number cannot be reached.
 * - `hold`: somebody will come.
 * - `person`: only somebody who listens says so.
 */
export const cueNames = [
  'screening',
  'fetching',
  'recording',
  'request',
  'greeting',
  'absence',
  'menu',
  'announcement',
  'hold',
  'person',
] as const;
export type Cue = (typeof cueNames)[number];

type Phrases = Partial<Record<Cue, readonly RegExp[]>>;

/** Per language, over words without case, accents and punctuation (`can't` is `can t`). English is looked for in every call. */
const phrases: Record<string, Phrases> = {
  en: {
    // Pixel: "the person you're calling is using a screening service from Google, and will get a copy of this conversation.
    // Go ahead and say your name, and why you're calling." iOS 26: "If you record your name and reason for calling, I'll see
    // if this person is available." Google Voice: "Please state your name after the tone, and … will try to connect you."
    screening: [
      /\b(record|say|state) (your|you) name\b/,
      /\b(tell|give) (me |us )?(your|you) name and (the |your )?(reason|purpose|why)\b/,
      /\bname and why you (re|are) calling\b/,
    ],
    fetching: [
      /\b(screening (service|assistant)|call (screening|assistant|assist)|screen(s|ing) (this|your|their|my|all) calls?)\b/,
      /\bsee if (this person|the person you (re|are) calling) (is|s) available\b/,
      /\b(copy|transcript) of (this|the) (conversation|call)\b/,
      /\bname\b.*\b(connect|put) you\b/,
      /\bbefore (i|we) (try to )?(connect|put) you\b/,
    ],
    recording: [
      /\b(after|at|following) the (sound of the )?(tone|beep|signal)\b/,
      // "Record your name and reason" is screening: what follows the name has to be heard first.
      /\brecord (your|a) (message\b|name (?!and( (the )?(reason|purpose|why)|$)))/,
      /\b(finished|done|stop) recording\b/,
      /\bhang up or press\b/,
      /\bvoice ?mail ?box\b/,
      /\bmailbox (is full|belonging|of)\b/,
      /\b(automated|automatic) voice ?(mail|message|messaging)\b/,
      /\b(forwarded|redirected|transferred) to (a |an |the )?(automated |automatic )?voice ?(mail|message)/,
      /\breached the (voice ?mail|mailbox|answering machine) (of|for)\b/,
    ],
    request: [
      /\bleave (me |us )?(your|a) (brief |short |detailed )?(name|number)\b/,
      /\b(your|a) (name and (phone |telephone )?number|(phone |telephone )?number and a (brief |short )?message)\b/,
    ],
    greeting: [
      /\bleave (me |us )?(a|your) (brief |short |detailed )?message\b(?! (on|via|by|in|over) (?!the (answering|voice)))/,
      /\b(voice ?mail|mailbox|answering machine|answering service)\b/,
      /\byou (ve|have) reached\b/,
      /\bwe (are|re) (currently |presently |all )?(away|closed|out|unable|busy|not (available|able|open|here|in))\b/,
      /\b(no one|nobody) is available\b/,
      /\bmissed your call\b/,
    ],
    absence: [
      /\b(can t|cannot|can not|unable to|not able to|couldn t) (come to|take|answer|get to|pick up)\b/,
      /\b(is|am|are|m|re) (currently |presently )?(not|un) ?available\b/,
      /\b(get back to you|return your call|call you (right )?back)\b/,
      /\baway from (my|the|our) (phone|desk|office)\b/,
    ],
    hold: [
      /\bplease (hold|wait|stay)\b/,
      /\b(hold|stay on) the line\b/,
      /\b(hold|wait) (for )?(a|one|just a) (moment|second|minute)\b/,
    ],
    menu: [
      /\bpress (the )?(zero|one|two|three|[0-3]|star|pound|hash)\b/,
      /\bif you know your party s extension\b/,
      /\b(menu options|our menu has changed|following (menu|options))\b/,
    ],
    announcement: [
      /\b(number|person|party|subscriber|customer|mobile) (that )?you (have |are |re |ve )?(dialed|dialled|called|calling|trying)\b/,
      /\b(not|no longer) in service\b/,
      /\bcannot be (completed|connected)\b/,
      /\bcheck the number\b/,
    ],
    person: [
      /\bwith me\b/,
      /\bi (ll|will|can) (pass|give|tell|let|take|note|write)\b/,
      /\bwho (is|s) (this|that|it|there|calling|speaking)\b/,
      /\bwho (is|s) .*\bplease\b/,
      /\bwho am i (speaking|talking)\b/,
      /\bwho are you\b/,
      /\b(how|what) (can|may|could) i (help|do)\b/,
      /\b(can|may|could|shall|should) i (help|take|ask|know|tell|give|pass|have)\b/,
      /\b(would you like|do you want|do you need|did you want)\b/,
      /\bwhat (do you|is this|s this|is it)\b/,
      /\b(hold on|hang on|one moment|one second|just a (moment|second|minute)|let me (get|see|check))\b/,
      /\b(can you hear|are you there|is (anyone|anybody|somebody) there|hello hello)\b/,
      /\b(he|she) (is|s) (not|out|away|in|on|at|currently|just)\b/,
      /\b(he|she) isn t\b/,
    ],
  },
  es: {
    recording: [
      /\b(despues|luego) (de oir )?(de la senal|del tono|del pitido)\b/,
      /\btras la senal\b/,
      /\bbuzon de voz\b/,
    ],
    screening: [/\bnombre y (el |su |tu )?(motivo|razon)\b/],
    greeting: [/\b(deje|deja) (su|tu|un) mensaje\b/, /\bcontestador\b/],
    absence: [/\bno (puedo|podemos) (atender|contestar)\b/],
    announcement: [/\bnumero (que usted )?(marcado|marco|ha marcado)\b/, /\bapagado o fuera de cobertura\b/],
    menu: [/\b(pulse|marque|oprima) (el )?(uno|dos|1|2)\b/],
    person: [
      /\bquien (es|habla|llama)\b/,
      /\b(en que|como) (le|te|puedo)\b/,
      /\b(digame|diga)\b(?! (su|tu)\b)/,
      /\bun momento\b/,
    ],
  },
  fr: {
    recording: [/\bapres le (bip|signal|top)( sonore)?\b/, /\b(boite|messagerie) vocale\b/, /\brepondeur\b/],
    screening: [/\bnom et (le |la |votre )?(motif|raison)\b/],
    greeting: [/\blaiss(ez|er|e) (moi |nous )?(un|votre) message\b/],
    absence: [/\b(absent|indisponible|pas disponible)\b/],
    announcement: [/\bnumero (que vous avez )?(compose|demande)\b/, /\bn est (pas|plus) attribue\b/],
    menu: [/\b(tapez|appuyez sur|faites) (le |la )?(un|deux|1|2|touche)\b/],
    person: [
      /\bqui (est|c est|etes)\b/,
      /\bc est qui\b/,
      /\b(que|comment) puis je\b/,
      /\b(un instant|ne quittez pas)\b/,
    ],
  },
  de: {
    recording: [
      /\bnach dem (signal ?ton|ton|piep(ton)?|signal)\b/,
      /\b(mailbox|anrufbeantworter|sprachbox|mobilbox)\b/,
      /\b(hinterlassen|sprechen) sie .*\bnachricht\b/,
    ],
    screening: [/\bnamen und (den |ihren |deinen )?grund\b/],
    greeting: [/\bnachricht hinterlassen\b/],
    absence: [/\b(nicht|leider nicht) (erreichbar|erreichen|da|zu hause|verfugbar)\b/],
    announcement: [/\bkein anschluss unter dieser nummer\b/, /\b(gewahlte|gewunschte) (rufnummer|nummer|teilnehmer)\b/],
    menu: [/\bdrucken sie (die )?(eins|zwei|1|2)\b/],
    person: [/\bwer (ist|spricht|sind)\b/, /\b(was|wie) kann ich\b/, /\b(moment|augenblick)\b/, /\bworum geht\b/],
  },
  it: {
    recording: [/\bdopo il (segnale|bip|tono)( acustico)?\b/, /\bsegreteria telefonica\b/, /\bcasella vocale\b/],
    screening: [/\bnome e (il )?(suo |tuo )?motivo\b/],
    greeting: [/\blasci(a|ate|are)? (un|il) (tuo |suo )?messaggio\b/],
    absence: [/\bnon (sono|e|siamo) (al momento )?(disponibil|raggiungibil)/],
    announcement: [/\bnumero (da lei )?(chiamato|selezionato)\b/, /\b(cliente|utente) (da lei )?chiamato\b/],
    person: [/\bchi (e|parla)\b/, /\bcome posso\b/, /\bun (attimo|momento)\b/],
  },
  pt: {
    recording: [/\bapos o (sinal|bip|tom)\b/, /\b(caixa postal|correio de voz|caixa de mensagens)\b/],
    screening: [/\bnome e (o )?(seu )?motivo\b/],
    greeting: [/\bdeix(e|ar) (a sua|sua|o seu|um|uma) (mensagem|recado)\b/],
    absence: [/\bnao (posso|podemos) atender\b/],
    announcement: [/\bnumero (que voce )?(discado|chamado|ligou)\b/],
    person: [/\bquem (e|fala)\b/, /\bcomo posso\b/, /\bum (momento|minuto)\b/],
  },
  nl: {
    recording: [
      /\bna de (piep|toon|pieptoon)\b/,
      /\bvoice ?mail van\b/,
      /\bspreek (een|uw|je) .*\b(bericht|boodschap)\b/,
    ],
    greeting: [/\b(bericht|boodschap) (achter|inspreken)\b/, /\bvoice ?mail\b/],
    screening: [/\bnaam en (de )?reden\b/],
    absence: [/\bniet (bereikbaar|aanwezig|beschikbaar)\b/],
    announcement: [/\bnummer (dat u )?(gekozen|gebeld|belt)\b/, /\bnummer is niet in gebruik\b/],
    person: [/\bwie (is|spreek|bent)\b/, /\b(waarmee|hoe) kan ik\b/, /\b(een )?moment(je)?\b/],
  },
};

/** Of what was said last, characters: two minutes of fast speech. */
const longestText = 2_000;

/** How many different phrases of each kind are in these words, in the language of the call and in English. */
export function cuesIn(text: string, language: string): Record<Cue, number> {
  const words = plain(text.slice(-longestText));
  const spoken = language.slice(0, 2).toLowerCase();
  const lists = spoken === 'en' ? [phrases['en']] : [phrases['en'], phrases[spoken]];
  const count = (cue: Cue) =>
    lists.reduce((sum, list) => sum + (list?.[cue] ?? []).filter((phrase) => phrase.test(words)).length, 0);
  return Object.fromEntries(cueNames.map((cue) => [cue, count(cue)])) as Record<Cue, number>;
}

function plain(text: string): string {
  const letters = text.normalize('NFD').replace(/\p{M}/gu, '');
  return letters
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

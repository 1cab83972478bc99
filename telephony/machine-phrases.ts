/**
 * What the words of whoever answered show.
 * - `recording`: only a machine that takes a message says so.
 * - `greeting`: machines say so, and people too.
 * - `menu`: a company's machine that wants a key.
 * - `announcement`: the carrier says that the number cannot be reached.
 * - `person`: only somebody who listens says so.
 */
export type Cue = 'recording' | 'greeting' | 'menu' | 'announcement' | 'person';

type Phrases = Partial<Record<Cue, readonly RegExp[]>>;

/** Per language, over words without case, accents and punctuation (`can't` is `can t`). English is looked for in every call. */
const phrases: Record<string, Phrases> = {
  en: {
    recording: [
      /\b(after|at|following) the (sound of the )?(tone|beep|signal)\b/,
      /\bleave (me |us )?(your|a) (brief |short |detailed )?(name|number)\b/,
      /\b(your|a) (name and (phone |telephone )?number|(phone |telephone )?number and a (brief |short )?message)\b/,
      /\brecord (your|a) (name|message)\b/,
      /\b(finished|done|stop) recording\b/,
      /\bhang up or press\b/,
      /\bvoice ?mail ?box\b/,
      /\bmailbox (is full|belonging|of)\b/,
      /\b(automated|automatic) voice ?(mail|message|messaging)\b/,
      /\b(forwarded|redirected|transferred) to (a |an |the )?(automated |automatic )?voice ?(mail|message)/,
      /\breached the (voice ?mail|mailbox|answering machine) (of|for)\b/,
    ],
    greeting: [
      /\bleave (me |us )?(a|your) (brief |short |detailed )?message\b/,
      /\b(voice ?mail|mailbox|answering machine|answering service)\b/,
      /\b(can t|cannot|can not|unable to|not able to|couldn t) (come to|take|answer|get to|pick up)\b/,
      /\b(is|am|are|m|re) (currently |presently )?(not|un) ?available\b/,
      /\byou (ve|have) reached\b/,
      /\b(get back to you|return your call|call you (right )?back)\b/,
      /\baway from (my|the|our) (phone|desk|office)\b/,
      /\b(no one|nobody) is available\b/,
      /\bmissed your call\b/,
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
    greeting: [/\b(deje|deja) (su|tu|un) mensaje\b/, /\bcontestador\b/, /\bno (puedo|podemos) (atender|contestar)\b/],
    announcement: [/\bnumero (que usted )?(marcado|marco|ha marcado)\b/, /\bapagado o fuera de cobertura\b/],
    menu: [/\b(pulse|marque|oprima) (el )?(uno|dos|1|2)\b/],
    person: [/\bquien (es|habla|llama)\b/, /\b(en que|como) (le|te|puedo)\b/, /\b(digame|diga)\b/, /\bun momento\b/],
  },
  fr: {
    recording: [/\bapres le (bip|signal|top)( sonore)?\b/, /\b(boite|messagerie) vocale\b/, /\brepondeur\b/],
    greeting: [/\blaiss(ez|er|e) (moi |nous )?(un|votre) message\b/, /\b(absent|indisponible|pas disponible)\b/],
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
    greeting: [/\bnachricht hinterlassen\b/, /\b(nicht|leider nicht) (erreichbar|erreichen|da|zu hause|verfugbar)\b/],
    announcement: [/\bkein anschluss unter dieser nummer\b/, /\b(gewahlte|gewunschte) (rufnummer|nummer|teilnehmer)\b/],
    menu: [/\bdrucken sie (die )?(eins|zwei|1|2)\b/],
    person: [/\bwer (ist|spricht|sind)\b/, /\b(was|wie) kann ich\b/, /\b(moment|augenblick)\b/, /\bworum geht\b/],
  },
  it: {
    recording: [/\bdopo il (segnale|bip|tono)( acustico)?\b/, /\bsegreteria telefonica\b/, /\bcasella vocale\b/],
    greeting: [
      /\blasci(a|ate|are)? (un|il) (tuo |suo )?messaggio\b/,
      /\bnon (sono|e|siamo) (al momento )?(disponibil|raggiungibil)/,
    ],
    announcement: [/\bnumero (da lei )?(chiamato|selezionato)\b/, /\b(cliente|utente) (da lei )?chiamato\b/],
    person: [/\bchi (e|parla)\b/, /\bcome posso\b/, /\bun (attimo|momento)\b/],
  },
  pt: {
    recording: [/\bapos o (sinal|bip|tom)\b/, /\b(caixa postal|correio de voz|caixa de mensagens)\b/],
    greeting: [/\bdeix(e|ar) (a sua|sua|o seu|um|uma) (mensagem|recado)\b/, /\bnao (posso|podemos) atender\b/],
    announcement: [/\bnumero (que voce )?(discado|chamado|ligou)\b/],
    person: [/\bquem (e|fala)\b/, /\bcomo posso\b/, /\bum (momento|minuto)\b/],
  },
  nl: {
    recording: [
      /\bna de (piep|toon|pieptoon)\b/,
      /\bvoice ?mail van\b/,
      /\bspreek (een|uw|je) .*\b(bericht|boodschap)\b/,
    ],
    greeting: [
      /\b(bericht|boodschap) (achter|inspreken)\b/,
      /\bniet (bereikbaar|aanwezig|beschikbaar)\b/,
      /\bvoice ?mail\b/,
    ],
    announcement: [/\bnummer (dat u )?(gekozen|gebeld|belt)\b/, /\bnummer is niet in gebruik\b/],
    person: [/\bwie (is|spreek|bent)\b/, /\b(waarmee|hoe) kan ik\b/, /\b(een )?moment(je)?\b/],
  },
};

/** How many different phrases of each kind are in these words, in the language of the call and in English. */
export function cuesIn(text: string, language: string): Record<Cue, number> {
  const words = plain(text);
  const spoken = language.slice(0, 2).toLowerCase();
  const lists = spoken === 'en' ? [phrases['en']] : [phrases['en'], phrases[spoken]];
  const count = (cue: Cue) =>
    lists.reduce((sum, list) => sum + (list?.[cue] ?? []).filter((phrase) => phrase.test(words)).length, 0);
  return {
    recording: count('recording'),
    greeting: count('greeting'),
    menu: count('menu'),
    announcement: count('announcement'),
    person: count('person'),
  };
}

function plain(text: string): string {
  const letters = text.normalize('NFD').replace(/\p{M}/gu, '');
  return letters
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

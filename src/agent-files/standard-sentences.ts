/** What the law may want said, and how people agree or not, in one language. */
export type StandardSentences = {
  /** That an AI speaks. */
  disclosure: string;
  /** That the call is recorded. */
  announcement: string;
  question: string;
  /** Where the answer was neither yes nor no. */
  again: string;
  /** Spoken after a no. */
  notRecorded: string;
  /** Words or phrases, lower case. */
  yes: readonly string[];
  no: readonly string[];
};

const sentences: Record<string, StandardSentences> = {
  en: {
    disclosure: 'You are speaking with an automated assistant.',
    announcement: 'This call is recorded.',
    question: 'May we record this call? Please say yes or no.',
    again: 'Sorry, may we record this call, yes or no?',
    notRecorded: 'All right, this call is not recorded.',
    yes: [
      'yes',
      'yeah',
      'yep',
      'yup',
      'sure',
      'okay',
      'ok',
      'of course',
      'go ahead',
      'fine',
      'you may',
      'i agree',
      'no problem',
    ],
    no: ['no', 'nope', 'nah', 'not', "don't", 'do not', "rather you didn't", 'never'],
  },
  de: {
    disclosure: 'Sie sprechen mit einem automatischen Assistenten.',
    announcement: 'Dieses Gespräch wird aufgezeichnet.',
    question: 'Dürfen wir dieses Gespräch aufzeichnen? Bitte sagen Sie ja oder nein.',
    again: 'Entschuldigung, dürfen wir das Gespräch aufzeichnen, ja oder nein?',
    notRecorded: 'In Ordnung, das Gespräch wird nicht aufgezeichnet.',
    yes: [
      'ja',
      'jo',
      'jawohl',
      'gerne',
      'gern',
      'okay',
      'ok',
      'klar',
      'natürlich',
      'einverstanden',
      'in ordnung',
      'kein problem',
    ],
    no: ['nein', 'nee', 'nö', 'nicht', 'kein', 'keine', 'lieber nicht'],
  },
  fr: {
    disclosure: 'Vous parlez avec un assistant automatique.',
    announcement: 'Cet appel est enregistré.',
    question: 'Pouvons-nous enregistrer cet appel ? Répondez par oui ou par non.',
    again: 'Pardon, pouvons-nous enregistrer cet appel, oui ou non ?',
    notRecorded: 'Très bien, cet appel n’est pas enregistré.',
    yes: ['oui', 'ouais', "d'accord", 'bien sûr', 'allez-y', 'okay', 'ok', 'pas de problème', 'volontiers'],
    no: ['non', 'pas', 'jamais'],
  },
  es: {
    disclosure: 'Está hablando con un asistente automático.',
    announcement: 'Esta llamada se graba.',
    question: '¿Podemos grabar esta llamada? Responda sí o no, por favor.',
    again: 'Perdone, ¿podemos grabar esta llamada, sí o no?',
    notRecorded: 'De acuerdo, esta llamada no se graba.',
    yes: [
      'sí',
      'si',
      'claro',
      'vale',
      'de acuerdo',
      'por supuesto',
      'okay',
      'ok',
      'sin problema',
      'no hay problema',
      'adelante',
    ],
    no: ['no', 'nunca', 'prefiero que no'],
  },
  it: {
    disclosure: 'Sta parlando con un assistente automatico.',
    announcement: 'Questa chiamata viene registrata.',
    question: 'Possiamo registrare questa chiamata? Risponda sì o no, per favore.',
    again: 'Mi scusi, possiamo registrare questa chiamata, sì o no?',
    notRecorded: 'Va bene, questa chiamata non viene registrata.',
    yes: ['sì', 'si', 'certo', 'va bene', "d'accordo", 'okay', 'ok', 'nessun problema', 'volentieri'],
    no: ['no', 'non', 'mai'],
  },
  nl: {
    disclosure: 'U spreekt met een geautomatiseerde assistent.',
    announcement: 'Dit gesprek wordt opgenomen.',
    question: 'Mogen we dit gesprek opnemen? Zeg alstublieft ja of nee.',
    again: 'Sorry, mogen we dit gesprek opnemen, ja of nee?',
    notRecorded: 'Goed, dit gesprek wordt niet opgenomen.',
    yes: ['ja', 'jazeker', 'prima', 'goed', 'oké', 'okay', 'ok', 'natuurlijk', 'dat mag', 'geen probleem'],
    no: ['nee', 'niet', 'liever niet', 'geen'],
  },
  pt: {
    disclosure: 'Está a falar com um assistente automático.',
    announcement: 'Esta chamada é gravada.',
    question: 'Podemos gravar esta chamada? Responda sim ou não, por favor.',
    again: 'Desculpe, podemos gravar esta chamada, sim ou não?',
    notRecorded: 'Está bem, esta chamada não é gravada.',
    yes: ['sim', 'claro', 'pode', 'podem', 'tudo bem', 'está bem', 'okay', 'ok', 'sem problema', 'com certeza'],
    no: ['não', 'nunca', 'nem'],
  },
};

/** Those of a language (BCP 47); undefined where Parley has none. */
export function standardSentences(language: string): StandardSentences | undefined {
  return sentences[language.toLowerCase().split('-')[0] ?? ''];
}

/** Tongues that have standard sentences. */
export const standardLanguages = Object.keys(sentences);

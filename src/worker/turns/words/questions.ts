/** What a question asks for, most particular first. The last sentences of what the agent said are looked through. */
export type Asked = 'email' | 'card' | 'digits' | 'telephone_number' | 'address' | 'name';

type Questions = {
  asked: Readonly<Record<Asked, RegExp>>;
  /** How a question begins, or ends, that is answered with yes or no. */
  yesOrNo: RegExp;
  /** Of more than yes and no: "morning or afternoon?" */
  choice: RegExp;
};

const email = /\be-?mail/;

/** By language. Questions are given in lower case. */
export const questions: Readonly<Record<string, Questions>> = {
  en: {
    asked: {
      email,
      card: /\b(?:credit|debit|bank|payment) card\b|\bcard number|\bnumber (?:on|of) (?:the|your) card/,
      telephone_number:
        /\b(?:phone|telephone|mobile|cell|contact|callback|call-?back) ?(?:number|phone)?\b.*\?|\b(?:phone|telephone|mobile|cell|contact|callback) number|\b(?:reach|call|ring|phone) you\b|\bwhat number\b|\bwhat is your number\b/,
      digits:
        /\bdigits?\b|\b(?:code|pin|postcode)\b|\b(?:reference|order|customer|policy|account|member|membership|booking|case|invoice|zip|serial|tracking) (?:number|code|id)\b/,
      address: /\baddress\b|\bwhere do you live\b|\bwhat street\b/,
      name: /\bname\b|\bwho (?:is|am i|is this|is it)\b.*\b(?:calling|speaking|speak)|\bspell\b/,
    },
    yesOrNo:
      /^(?:and |so |then |okay |ok |now )?(?:is|are|was|were|do|does|did|can|could|shall|should|would|will|have|has|had|may|might|am) |(?:right|correct|okay|ok|all right|yes|isn't it|agreed)\?$/,
    choice: / or /,
  },
  de: {
    asked: {
      email,
      card: /karten ?nummer|kreditkarte|bankkarte/,
      telephone_number: /telefon|handy|mobil|rückruf|(?:sie|dich) (?:zurück ?rufen|erreichen)|wie ist ihre nummer/,
      digits:
        /ziffern?|\bpin\b|\bcode\b|postleitzahl|(?:kunden|bestell|vertrags|konto|mitglieds|auftrags|vorgangs)\S*nummer/,
      address: /adresse|anschrift|wo wohnen|straße/,
      name: /\bname\b|\bnamen\b|mit wem spreche|wer (?:spricht|ist)|buchstabier/,
    },
    yesOrNo:
      /^(?:und |also |dann )?(?:ist|sind|war|haben|hat|kann|können|könnte|könnten|soll|sollen|darf|dürfen|möchten|wollen|werden|wird|passt|stimmt|geht|brauchen) |(?:richtig|stimmt das|korrekt|in ordnung|okay|oder|ja)\?$/,
    choice: / oder /,
  },
  fr: {
    asked: {
      email: /\be-?mail|courriel|adresse électronique/,
      card: /carte (?:bancaire|de crédit|bleue)|numéro de (?:votre |la )?carte/,
      telephone_number: /téléphone|portable|(?:vous|te) (?:joindre|rappeler)|quel est votre numéro/,
      digits: /chiffres?|code postal|\bcode\b|numéro de (?:commande|client|dossier|contrat|compte|référence)/,
      address: /adresse|où habitez|quelle rue/,
      name: /\bnom\b|prénom|qui est à l'appareil|de la part de qui|épeler/,
    },
    yesOrNo:
      /^(?:et |alors |donc )?(?:est-ce que|êtes|avez|pouvez|pourriez|voulez|voudriez|souhaitez|puis-je|est-ce|c'est|dois-je|peut-on|préférez) ?|(?:n'est-ce pas|d'accord|correct|c'est (?:bien )?(?:ça|cela|exact)|juste)\s*\?$/,
    choice: / ou /,
  },
  es: {
    asked: {
      email: /\be-?mail|correo electrónico/,
      card: /tarjeta/,
      telephone_number:
        /teléfono|móvil|celular|(?:llamarle|localizarle|contactarle|llamarlo|llamarte)|cuál es su número/,
      digits: /dígitos?|cifras?|código|número de (?:pedido|cliente|cuenta|referencia|póliza|contrato)/,
      address: /dirección|domicilio|dónde vive|qué calle/,
      name: /nombre|apellidos?|quién (?:llama|habla)|con quién hablo|deletre/,
    },
    yesOrNo:
      /^¿?(?:y |entonces )?(?:es|está|son|tiene|puede|podría|quiere|quisiera|desea|le gustaría|le parece|le viene|puedo|necesita|ha) |(?:verdad|correcto|de acuerdo|vale|no|está bien)\?$/,
    choice: / o /,
  },
  it: {
    asked: {
      email: /\be-?mail|posta elettronica/,
      card: /carta (?:di credito|di debito)|numero della (?:sua )?carta/,
      telephone_number: /telefono|cellulare|(?:richiamarla|contattarla|raggiungerla)|qual è il suo numero/,
      digits: /cifre|codice|\bcap\b|numero (?:d'ordine|cliente|di conto|di riferimento|di polizza)/,
      address: /indirizzo|dove abita|quale via/,
      name: /\bnome\b|cognome|chi (?:parla|chiama)|con chi parlo|sillabare|compitare/,
    },
    yesOrNo:
      /^(?:e |allora )?(?:è|sono|ha|può|potrebbe|vuole|vorrebbe|desidera|posso|preferisce|le va|va bene|le serve) ?|(?:giusto|corretto|esatto|d'accordo|va bene|vero)\?$/,
    choice: / o /,
  },
  pt: {
    asked: {
      email: /\be-?mail|correio eletrônico/,
      card: /cartão/,
      telephone_number: /telefone|celular|telemóvel|(?:ligar para você|contatá-l|contactá-l)|qual é o seu número/,
      digits: /dígitos?|código|\bcep\b|número (?:do pedido|de cliente|da conta|de referência|do contrato)/,
      address: /endereço|morada|onde mora|que rua/,
      name: /\bnome\b|sobrenome|apelido|quem (?:fala|está falando)|com quem (?:falo|estou)|soletr/,
    },
    yesOrNo:
      /^(?:e |então )?(?:é|está|são|tem|pode|poderia|quer|gostaria|deseja|posso|precisa|prefere|seria) |(?:certo|correto|está bem|tá bom|não é|verdade|tudo bem)\?$/,
    choice: / ou /,
  },
  nl: {
    asked: {
      email,
      card: /creditcard|bankpas|pasnummer|kaartnummer/,
      telephone_number: /telefoon|mobiel|(?:u|je) (?:terugbellen|bereiken)|wat is uw nummer/,
      digits: /cijfers?|\bcode\b|postcode|(?:klant|bestel|order|rekening|polis|referentie|contract)nummer/,
      address: /adres|waar woont|welke straat/,
      name: /\bnaam\b|met wie spreek|wie (?:spreek|is)|spellen/,
    },
    yesOrNo:
      /^(?:en |dus |dan )?(?:is|zijn|was|heeft|hebt|kan|kunt|kunnen|kunt|zou|zal|wilt|wil|mag|moet|klopt|past|schikt) |(?:toch|klopt dat|goed|oké|akkoord|juist)\?$/,
    choice: / of /,
  },
};

import { bare, tongueOf } from './tongue.ts';

/** A yes or a no, and what may stand with it and adds nothing. */
const answers: Readonly<Record<string, { core: string; around: string }>> = {
  en: {
    core: "yes|yeah|yep|yup|no|nope|nah|sure|of course|absolutely|definitely|certainly|correct|exactly|okay|ok|right|all right|alright|that's right|that is right|that's correct|that is correct|that's fine|not really|no thank you|no thanks|yes please|i do|i don't|i am|i'm not|i can|i can't|i will|i won't|mm hmm|uh huh",
    around: 'please|thanks|thank you|oh|well|it is|it does|i do|i am|i will|i can|sir|ma am|perfect|great|good|fine',
  },
  de: {
    core: 'ja|jawohl|jo|nein|nee|ne|klar|sicher|natürlich|genau|richtig|stimmt|das stimmt|das ist richtig|gerne|gern|okay|ok|in ordnung|auf keinen fall|leider nicht|nein danke|ja bitte|ja gerne',
    around: 'bitte|danke|vielen dank|ach|doch|gut|sehr gern|sehr gerne',
  },
  fr: {
    core: "oui|ouais|non|si|bien sûr|d'accord|exactement|tout à fait|c'est ça|c'est exact|c'est correct|pas du tout|absolument|volontiers|okay|ok|non merci|oui merci",
    around: "merci|s'il vous plaît|madame|monsieur|très bien|parfait|ah|bah|ben",
  },
  es: {
    core: 'sí|si|no|claro|claro que sí|por supuesto|correcto|exacto|exactamente|eso es|así es|vale|de acuerdo|está bien|en absoluto|no gracias|sí por favor|okay|ok',
    around: 'gracias|por favor|señor|señora|muy bien|perfecto|bueno|pues',
  },
  it: {
    core: "sì|si|no|certo|certamente|esatto|esattamente|giusto|corretto|va bene|d'accordo|assolutamente|no grazie|sì grazie|okay|ok",
    around: 'grazie|per favore|prego|signora|signore|perfetto|bene|ah',
  },
  pt: {
    core: 'sim|não|claro|com certeza|correto|certo|exato|exatamente|isso|isso mesmo|está bem|tá bom|tudo bem|não obrigado|não obrigada|okay|ok',
    around: 'obrigado|obrigada|por favor|senhor|senhora|perfeito|bem|ah',
  },
  nl: {
    core: 'ja|jazeker|nee|neen|klopt|dat klopt|zeker|natuurlijk|precies|inderdaad|goed|prima|graag|oké|okay|ok|nee bedankt|ja graag',
    around: 'alstublieft|alsjeblieft|dank u|dank je|bedankt|graag|hoor|nou|dat is goed',
  },
};

const whole = Object.fromEntries(
  Object.entries(answers).map(([tongue, { core, around }]) => [
    tongue,
    new RegExp(`^(?:(?:${around}) )*(?:${core})(?: (?:${core}|${around}))*$`, 'u'),
  ]),
);

/** Whoever says more answers more than that. */
const mostWords = 8;

/** Whether somebody said yes or no and nothing else. */
export function isYesOrNo(words: string, language: string): boolean {
  const said = bare(words);
  return said.split(' ').length <= mostWords && (whole[tongueOf(language)]?.test(said) ?? false);
}

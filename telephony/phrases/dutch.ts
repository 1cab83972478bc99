import type { Phrases } from './phrases.ts';

export const dutch: Phrases = {
  assistant: [
    /\b(bel|oproep|gespreks|telefoon)assistent\b/,
    /\boproepen (filtert|screent)\b|\b(filtert|screent) (de |mijn |uw |alle )?oproepen\b/,
  ],
  screening: [/\bnaam en (de |het )?(reden|onderwerp|doel)\b/, /\b(zeg|noem|vertel) (wie u bent|uw naam) en\b/],
  fetching: [/\b(kijk|controleer) ik (even )?of deze persoon\b/, /\bvoordat ik (u|je) (doorverbind|verbind)\b/],
  recording: [
    /\bna (de (piep|toon|pieptoon|biep|beep)|het (geluids)?signaal)\b/,
    /\bvoice ?mail van\b/,
    /\bspreek (een|uw|je) .*\b(bericht|boodschap)\b/,
    /\b(antwoordapparaat|mailbox van)\b/,
    /\bbuiten (onze|de) (openings|kantoor|werk)(tijden|uren)\b/,
  ],
  request: [/\b(laat|spreek) (dan )?(uw|je) naam en (uw |je )?(telefoon)?nummer\b/],
  greeting: [
    /\b(bericht|boodschap) (achter|inspreken|achterlaten)\b/,
    /\bvoice ?mail\b/,
    /\b(kantoor|praktijk|winkel|wij|we) (is|zijn) (nu |momenteel |op dit moment )?(gesloten|met vakantie)\b/,
    /\bmaandag tot en met (donderdag|vrijdag|zaterdag)\b/,
    /\bweer (bereikbaar|geopend|open)\b/,
    /\bbedankt voor het bellen\b/,
  ],
  absence: [
    /\bniet (bereikbaar|aanwezig|beschikbaar|thuis|opnemen)\b/,
    /\ber (even|nu|momenteel) niet\b/,
    /\bbel (je|u) (zo |dan )?(snel )?(mogelijk )?terug\b/,
  ],
  hold: [/\b(blijft?|blijf) (u )?(even )?aan de lijn\b/],
  menu: [
    /\b(toets|druk op( de)?) (dan |nu )?(nul|een|twee|drie|vier|vijf|zes|zeven|acht|negen|[0-9]|hekje)\b/,
    /\bkies (een voor|nul|twee|drie|vier|vijf|zes|zeven|acht|negen|[0-9])\b/,
    /\btoets uw \w*nummer\b|\bmet een hekje\b|\bvolgende opties\b/,
  ],
  announcement: [
    /\bnummer (dat u )?(gekozen|gebeld|belt)\b/,
    /\bnummer is niet (in gebruik|aangesloten|toegewezen)\b/,
    /\b(abonnee|persoon|telefoon) die u (belt|probeert|heeft)\b/,
  ],
  person: [
    /\bwie (is|spreek|bent)\b/,
    /\bmet wie\b/,
    /\b(waarmee|hoe) kan ik\b/,
    /\b(een )?moment(je)?\b(?! (niet|gesloten|beschikbaar))/,
    /\b(hij|ze|zij) (is|zit|belt|komt|heeft)\b/,
    /\bop (zijn|haar) (voice ?mail|mobiel)\b/,
    /\bverkeerd verbonden\b|\bdaar spreekt u mee\b/,
    /\bik (haal|geef|verbind) (hem|haar|u)\b/,
    /\b(zegt u het maar|aan mij)\b/,
    /\b(mijn|uw) (man|vrouw|zoon|dochter|baas|collega|moeder|vader) (is|heeft|zit|belt)\b/,
  ],
};

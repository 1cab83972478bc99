import type { Phrases } from './phrases.ts';

export const german: Phrases = {
  assistant: [
    /\b(anruf|telefon) ?(assistent(in)?|filter)\b/,
    /\b(filter[tn]?|pruft) (die |von |ihre |meine )?anrufe\b|\b(filtern|filterung) von anrufen\b/,
  ],
  screening: [
    /\bnamen und (den |ihren |deinen )?(grund|anlass|zweck)\b/,
    /\bsagen sie (mir )?(bitte )?(ihren namen|wer sie sind|wer (da )?(spricht|anruft))\b/,
  ],
  fetching: [
    /\b(bevor|ehe) (ich|wir) sie (verbinde|durchstelle|verbinden|durchstellen)\b/,
    /\b(sehe|schaue|prufe) ich( kurz)?( nach)? ob (diese|die) person\b/,
  ],
  recording: [
    /\bnach dem (signal ?ton|ton|piep(ton)?|signal)\b/,
    /\b(mailbox|anrufbeantworter|sprachbox|mobilbox) (von|der|des|meiner|ist voll)\b/,
    /\b(dem|der|die|das|ein|eine|meine|meinem) (automatischen? )?(mailbox|anrufbeantworter|sprachbox|mobilbox) (von|der|des)\b/,
    /\b(hinterlassen|sprechen) sie (?!(ihm|ihr|ihnen|es) ).*\bnachricht\b/,
    /\b(außerhalb|ausserhalb) (unserer|der) (\w+)?zeiten\b/,
    /\bmailbox des teilnehmers\b/,
  ],
  request: [/\b(hinterlassen|nennen) sie (uns |mir )?(bitte )?ihren namen und ihre (telefon|ruf)?nummer\b/],
  greeting: [
    /\bnachricht hinterlassen\b/,
    /\b(hinterlass(t|e)?|sprich|sprecht) (mir|uns) (bitte )?(eine|eure|deine) nachricht\b/,
    /\b(mailbox|anrufbeantworter|sprachbox|mobilbox)\b/,
    /\b(sie sind verbunden|du bist verbunden) mit\b/,
    /\b(sie haben|du hast|ihr habt) (den anschluss|die (telefon|ruf)?nummer) von\b/,
    /\b(ist|sind) (zurzeit|zur zeit|derzeit|momentan|leider|heute) (nicht besetzt|geschlossen)\b/,
    /\b(montags?|dienstags?) bis (donnerstags?|freitags?|samstags?)\b/,
    /\bauf (das )?band\b/,
    /\bwieder fur sie (da|erreichbar)\b/,
  ],
  absence: [
    /\b(nicht|leider nicht) (erreichbar|erreichen|da|zu hause|verfugbar|ans telefon)\b/,
    /\b(rufe|rufen) (dich|sie|euch) .*\bzuruck\b/,
    /\bmelde mich\b/,
  ],
  hold: [/\bbleiben sie (bitte )?(dran|am apparat|in der leitung)\b/],
  menu: [
    /\b(drucken|wahlen|drucke|wahle) (sie )?(bitte )?(die )?(null|eins?|zwei|drei|vier|funf|sechs|sieben|acht|neun|[0-9]|raute|stern)\b/,
    /\b(rautetaste|sterntaste)\b/,
    /\b(aus )?folgenden (moglichkeiten|optionen|punkten)\b/,
    /\bgeben sie (bitte )?(jetzt )?(ihre|die) \w+ ein\b/,
  ],
  announcement: [
    /\bkein anschluss unter dieser nummer\b/,
    /\b(gewahlte|gewunschte) (rufnummer|nummer|teilnehmer|gesprachspartner)\b/,
    /\b(gesprachspartner|teilnehmer) ist (\w+ )?nicht (erreichbar|verfugbar)\b/,
    /\bnummer ist (uns )?nicht (bekannt|vergeben)\b/,
  ],
  person: [
    /\bwer (ist|spricht|sind)\b/,
    /\b(was|wie) kann ich\b/,
    /\b(moment|augenblick)\b(?! (nicht|leider|sind|ist|niemand|geschlossen))/,
    /\bworum geht\b/,
    /\bsoll ich\b|\bmochten sie\b|\bwollen sie\b/,
    /\b(er|sie) (ist|hat|kommt|ruft|kann|wird) (?!(uns|mir) )/,
    /\b(ihm|ihn)\b/,
    /\b((mein|ihr) (mann|vater|sohn|chef|kollege|bruder)|(meine|ihre) (frau|mutter|tochter|kollegin|chefin|schwester)) (ist|hat|kann|kommt|wird|ruft)\b/,
    /\bich (verbinde sie|hole (sie|ihn)|stelle sie durch|gebe sie)\b/,
    /\b(falsch verbunden|am apparat|sie sprechen mit (herrn|frau))\b/,
  ],
};

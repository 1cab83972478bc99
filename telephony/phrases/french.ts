import type { Phrases } from './phrases.ts';

export const french: Phrases = {
  assistant: [
    /\bassistante? (d appel|telephonique|virtuel(le)?|vocale?)\b/,
    /\bfiltrage (d|des|de ses|de vos) ?appels\b|\bfiltre (les|ses|mes|vos) appels\b/,
  ],
  screening: [
    /\bnom et (le |la |l |votre )?(motif|raison|objet)\b/,
    /\b(dites|indiquez|donnez|dire|indiquer) votre nom (et|puis)\b/,
  ],
  fetching: [
    /\b(voir|verifier|verifie|regarde) si cette personne\b/,
    /\bavant de vous (mettre en (relation|communication)|passer|connecter|transferer)\b/,
  ],
  recording: [
    /\bapres le (bip|signal|top|son)( sonore)?\b/,
    /(?<!\b(?:son|sa|mon|ma) )\b((boite|messagerie) vocale|repondeur)\b/,
    /\ben dehors (de nos|des) (heures|horaires)\b/,
  ],
  request: [/\blaiss(ez|er|e) (moi |nous )?(votre|vos|ton|tes) (nom|coordonnees)\b/, /\bvotre nom et votre numero\b/],
  greeting: [
    /\blaiss(ez|er|e) (moi |nous )?(un|votre|ton) (petit )?message\b/,
    /\b(petit message|un message) et je (te|vous) rappelle/,
    /\bvous etes (bien )?(chez|sur|au|en communication avec)\b/,
    /\bvous avez (bien )?(joint|appele)\b/,
    /\bmessagerie\b/,
    /\b(bureaux|bureau|secretariat|cabinet|magasin|standard|service) (sont|est) (actuellement |momentanement )?ferme/,
    /\bdu lundi au (jeudi|vendredi|samedi)\b/,
    /\bmerci de (rappeler|renouveler|laisser)\b/,
  ],
  absence: [
    /\b(absente?s?|indisponibles?|pas disponibles?|pas joignable|injoignable)\b/,
    /\b(je|on|nous) (te|vous) (rappelle|rappellerai|rappellerons|rappellera)\b/,
    /\b(suis|sommes|est) pas la\b|\bpeux pas (repondre|vous repondre|te repondre)\b/,
  ],
  menu: [
    /\b(tapez|appuyez sur|faites|composez) (le |la |l )?(touche )?(zero|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|[0-9]|etoile|diese)\b/,
    /\btouche (diese|etoile)\b/,
    /\bnumero de poste\b|\bchoix suivants\b/,
  ],
  announcement: [
    /\bnumero (que vous avez )?(compose|demande)\b/,
    /\bn est (pas|plus) (attribue|en service)\b/,
    /\bvotre correspondant\b/,
    /\bne peut aboutir\b/,
  ],
  person: [
    /\bqui (est|c est|etes)\b/,
    /\bc est (qui|moi|de la part)\b/,
    /\b(que|comment) puis je\b/,
    /\b(un instant|ne quittez pas|de la part de)\b/,
    /\bje (vais|vous) (la|le|ecoute|passe)\b|\bj ecoute\b/,
    /\b(il|elle) (est|sera|n est|a|va|vous|revient|rentre)\b/,
    /\b(je lui|lui (dire|dirai|laisser|transmettre))\b/,
    /\bvous faites erreur\b/,
    /\b(mon|ma|votre) (mari|femme|fils|fille|patron|patronne|mere|pere|collegue) (est|n est|va|sera|a)\b/,
  ],
};

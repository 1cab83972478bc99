import type { Phrases } from './phrases.ts';

export const italian: Phrases = {
  assistant: [
    /\bassistente (telefonic[oa]|virtuale|delle chiamate|di google|vocale)\b/,
    /\bfiltr(o|a|aggio) (delle |le |di )?(sue |tue |mie )?chiamate\b/,
  ],
  screening: [
    /\bnome e (il |la |lo )?(suo |tuo )?(motivo|ragione|scopo)\b/,
    /\b(dica|di|dimmi) (chi (e|sei)|il (suo|tuo) nome) e\b/,
  ],
  fetching: [
    /\b(controllo|controllero|verifico|verifichero|vedo|vedro) se (questa|la) persona\b/,
    /\bprima di (metter|passar|collegar|trasferir)(la|ti|vi|e)\b/,
  ],
  recording: [
    /\bdopo il (segnale|bip|tono|beep)( acustico)?\b/,
    /(?<!\b(?:sua|mia|tua) )\b(segreteria telefonica|casella vocale)\b/,
    /\bregistr(i|a|ate) (il |un )?(suo |tuo |vostro )?messaggio\b/,
    /\bfuori (dall |dal |dagli )?orari/,
  ],
  request: [/\blasci(are|ate|ami|a|arci)? (il )?(suo |vostro |tuo )?nome e (il )?(recapito|numero|suo)\b/],
  greeting: [
    /\blasci(a|ate|are|ami|atemi|ateci)? (un|il) (tuo |suo |vostro )?messaggio\b/,
    /\b(hai|avete) chiamato\b/,
    /\b(uffici|ufficio|studio|negozio) (sono|e) (al momento |attualmente )?chius/,
    /\borari(o)? (di apertura|di ufficio|sono)\b/,
    /\bdal lunedi al (giovedi|venerdi|sabato)\b/,
    /\bnessuno puo rispondere\b/,
    /\bper (ferie|urgenze)\b/,
  ],
  absence: [
    /\bnon (sono|e|siamo) (al momento )?(disponibil|raggiungibil|in ufficio|in casa)/,
    /\bnon (posso|possiamo) rispondere\b/,
    /\bnon ci (sono|siamo)\b/,
    /\b(ti|la|vi) (richiamo|richiamero|richiameremo)\b|\brichiameremo\b/,
  ],
  hold: [/\b(attenda|resti|rimanga) in linea\b/],
  menu: [
    /\b(prema|premere|premi|digiti|digitare|digita) (il |lo )?(numero |tasto )?(zero|uno|due|tre|quattro|cinque|sei|sette|otto|nove|[0-9])\b/,
    /\bnumero di interno\b/,
    /\bcancelletto\b|\bseguenti opzioni\b/,
  ],
  announcement: [
    /\bnumero (da lei )?(chiamato|selezionato|composto|digitato)\b/,
    /\b(cliente|utente) (da lei )?(chiamato|desiderato)\b/,
    /\binformazione gratuita\b/,
  ],
  person: [
    /\bchi (e|parla|la desidera)\b/,
    /\bcome posso\b/,
    /\bun (attimo|momento)\b/,
    /\b(dica pure|mi dica|sono io)\b/,
    /\b(gliela|glielo|le) passo\b|\ble (dico|riferisco)\b|\blasciarle detto\b/,
    /\bha sbagliato\b/,
    /\bvuole (lasciare|che)\b/,
    /\b(mio|mia|suo|sua) (marito|moglie|figlio|figlia|madre|padre|capo|collega) (non )?(e|ha|la)\b/,
    /\b(lo|la) faccio richiamare\b/,
  ],
};

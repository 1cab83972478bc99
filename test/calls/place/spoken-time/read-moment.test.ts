import { expect, test } from 'vitest';
import { readMoment } from '../../../../src/calls/place/spoken-time/read-moment.ts';

// A Saturday, half past six in the evening in UTC; half past one in New York.
const now = new Date('2026-11-28T18:30:00Z');
const at = (day: string, time: string, { timezone = 'America/New_York', language = 'en-US' } = {}) =>
  readMoment({ day, time }, { now, timezone, language })?.toISOString();

test.each([
  ['2026-12-01', '15:00', '2026-12-01T20:00:00.000Z'],
  ['2026-12-01', '07:15', '2026-12-01T12:15:00.000Z'],
  ['tomorrow', '3 pm', '2026-11-29T20:00:00.000Z'],
  ['today', '5:30', '2026-11-28T22:30:00.000Z'],
  ['the day after tomorrow', 'nine in the morning', '2026-11-30T14:00:00.000Z'],
  ['next Thursday', 'half past ten', '2026-12-03T15:30:00.000Z'],
  ['Saturday', 'noon', '2026-12-05T17:00:00.000Z'],
  ['in two days', 'quarter to four', '2026-11-30T20:45:00.000Z'],
  ['in a week', 'ten a.m.', '2026-12-05T15:00:00.000Z'],
  ['January 5th', 'three thirty', '2027-01-05T20:30:00.000Z'],
  ['the 2nd of December', 'eleven', '2026-12-02T16:00:00.000Z'],
  ['tomorrow', 'twelve p.m.', '2026-11-29T17:00:00.000Z'],
  ['tomorrow', 'twenty-five past three', '2026-11-29T20:25:00.000Z'],
  ['tomorrow', 'in the morning', '2026-11-29T15:00:00.000Z'],
  ['tomorrow afternoon', 'at three', '2026-11-29T20:00:00.000Z'],
  ['tomorrow at half past nine', 'as I said', '2026-11-29T14:30:00.000Z'],
  ['today', 'in two hours', '2026-11-28T20:30:00.000Z'],
  ['in half an hour', 'then', '2026-11-28T19:00:00.000Z'],
  ['the fifth of January', 'ten', '2027-01-05T15:00:00.000Z'],
])('%s at %s is %s by the clock of the caller', (day, time, expected) => {
  expect(at(day, time)).toBe(expected);
});

test.each([
  ['some day', 'three'],
  ['tomorrow', 'whenever'],
  ['2026-02-30', '15:00'],
  ['tomorrow', '25:00'],
  ['', ''],
])('"%s" at "%s" is not understood', (day, time) => {
  expect(at(day, time)).toBeUndefined();
});

test('the day is that of the zone, and the clock knows summer time', () => {
  expect(at('tomorrow', '9:00', { timezone: 'Pacific/Auckland' })).toBe('2026-11-29T20:00:00.000Z');
  expect(at('2026-07-01', '09:00', { timezone: 'Europe/Berlin' })).toBe('2026-07-01T07:00:00.000Z');
});

// In Berlin it is half past seven in the evening of that Saturday. All are one hour ahead of UTC.
const spoken: [language: string, day: string, time: string, expected: string][] = [
  ['de', 'morgen', 'um halb drei', '2026-11-29 14:30'],
  ['de', 'morgen um halb drei', 'halb drei', '2026-11-29 14:30'],
  ['de', 'übermorgen', 'um neun Uhr', '2026-11-30 09:00'],
  ['de', 'nächsten Donnerstag', 'Viertel nach zehn', '2026-12-03 10:15'],
  ['de', 'Montag', 'viertel vor vier', '2026-11-30 15:45'],
  ['de', 'am Dienstagnachmittag', 'um drei Uhr dreißig', '2026-12-01 15:30'],
  ['de', 'Mittwoch', 'fünf vor halb elf', '2026-12-02 10:25'],
  ['de', 'Mittwoch', 'zwanzig nach zwei', '2026-12-02 14:20'],
  ['de', 'in zwei Tagen', '14:30', '2026-11-30 14:30'],
  ['de', 'in einer Woche', 'dreiviertel elf', '2026-12-05 10:45'],
  ['de', 'am 5. Januar', 'um 15 Uhr', '2027-01-05 15:00'],
  ['de', 'am zweiten Dezember', 'um elf', '2026-12-02 11:00'],
  ['de', 'morgen früh', 'um sieben', '2026-11-29 07:00'],
  ['de', 'Montag Morgen', 'gegen neun', '2026-11-30 09:00'],
  ['de', 'heute Abend', 'um neun', '2026-11-28 21:00'],
  ['de', 'morgen Nachmittag', 'am Nachmittag', '2026-11-29 15:00'],
  ['de', 'Sonnabend', 'zwölf Uhr mittags', '2026-12-05 12:00'],
  ['de', 'heute', 'in einer halben Stunde', '2026-11-28 20:00'],
  ['de', '2026-12-01', '9 am', '2026-12-01 09:00'],
  ['de', 'tomorrow', '9 pm', '2026-11-29 21:00'],
  ['es', 'mañana por la tarde', 'por la tarde', '2026-11-29 15:00'],
  ['es', 'mañana', 'a las tres y media', '2026-11-29 15:30'],
  ['es', 'pasado mañana', 'a las nueve de la mañana', '2026-11-30 09:00'],
  ['es', 'mañana por la mañana', 'a las siete y cuarto', '2026-11-29 07:15'],
  ['es', 'el jueves', 'a las diez y media', '2026-12-03 10:30'],
  ['es', 'el lunes', 'a las cuatro menos cuarto', '2026-11-30 15:45'],
  ['es', 'el sábado', 'a las once y veinticinco', '2026-12-05 11:25'],
  ['es', 'en dos días', 'a las 14:30', '2026-11-30 14:30'],
  ['es', 'dentro de una semana', 'a las diez', '2026-12-05 10:00'],
  ['es', 'el cinco de enero', 'a la una', '2027-01-05 13:00'],
  ['es', 'el primero de diciembre', 'al mediodía', '2026-12-01 12:00'],
  ['es', 'hoy', 'a las nueve de la noche', '2026-11-28 21:00'],
  ['es', 'esta noche', 'a las ocho', '2026-11-28 20:00'],
  ['fr', 'demain', 'à quinze heures', '2026-11-29 15:00'],
  ['fr', 'demain', 'à 15h30', '2026-11-29 15:30'],
  ['fr', 'après-demain', 'à neuf heures du matin', '2026-11-30 09:00'],
  ['fr', 'jeudi prochain', 'à dix heures et demie', '2026-12-03 10:30'],
  ['fr', 'lundi', 'à quatre heures moins le quart', '2026-11-30 15:45'],
  ['fr', 'mardi', 'à onze heures et quart', '2026-12-01 11:15'],
  ['fr', 'dans deux jours', 'à 14 h 30', '2026-11-30 14:30'],
  ['fr', 'dans une semaine', 'à dix heures vingt', '2026-12-05 10:20'],
  ['fr', 'le premier décembre', 'à midi et demi', '2026-12-01 12:30'],
  ['fr', 'le 5 janvier', 'à trois heures de l’après-midi', '2027-01-05 15:00'],
  ['fr', 'demain', 'à midi', '2026-11-29 12:00'],
  ['fr', 'ce soir', 'à neuf heures', '2026-11-28 21:00'],
  ['fr', 'aujourd’hui', 'dans une demi-heure', '2026-11-28 20:00'],
  ['nl', 'morgen', 'om half drie', '2026-11-29 14:30'],
  ['nl', 'overmorgen', 'om negen uur', '2026-11-30 09:00'],
  ['nl', 'volgende donderdag', 'om half elf', '2026-12-03 10:30'],
  ['nl', 'maandag', 'om kwart voor vier', '2026-11-30 15:45'],
  ['nl', 'dinsdag', 'kwart over elf', '2026-12-01 11:15'],
  ['nl', 'woensdag', 'tien over half drie', '2026-12-02 14:40'],
  ['nl', 'over twee dagen', 'om 14.30 uur', '2026-11-30 14:30'],
  ['nl', 'over een week', 'om tien uur', '2026-12-05 10:00'],
  ['nl', '5 januari', 'om drie uur ’s middags', '2027-01-05 15:00'],
  ['nl', 'morgenmiddag', 'in de middag', '2026-11-29 15:00'],
  ['nl', 'maandagmorgen', 'om zeven uur', '2026-11-30 07:00'],
  ['nl', 'vanavond', 'om negen uur', '2026-11-28 21:00'],
  ['nl', 'vandaag', 'over een half uur', '2026-11-28 20:00'],
];
test.each(spoken)('%s: "%s", "%s" is %s', (language, day, time, expected) => {
  const moment = at(day, time, { timezone: 'Europe/Berlin', language });
  expect(moment).toBe(new Date(`${expected.replace(' ', 'T')}:00+01:00`).toISOString());
});

test.each([
  ['de', 'irgendwann', 'um drei'],
  ['de', 'morgen', 'wenn es passt'],
  ['es', 'algún día', 'a las tres'],
  ['fr', 'un jour', 'à trois heures'],
  ['nl', 'ooit', 'om drie uur'],
])('%s: "%s", "%s" is not understood', (language, day, time) => {
  expect(at(day, time, { language })).toBeUndefined();
});

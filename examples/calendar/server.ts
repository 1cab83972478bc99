/**
 * A small calendar for agents/booking.md: half an hour for everybody who comes, nine to five from Monday to Friday, kept in
 * memory. `node examples/calendar/server.ts` listens on http://127.0.0.1:4010. It shows what a tool of an agent asks of a server:
 * JSON, a 4xx with a reason where it says no, and one booking per `Idempotency-Key`.
 */
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';

type Appointment = { number: number; name: string; phone: string | undefined; day: string; minute: number };

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const numbers = 'twelve one two three four five six seven eight nine ten eleven'.split(' ');
const minuteWords: Record<string, number> = { '': 0, thirty: 30, fifteen: 15, 'forty five': 45, "o'clock": 0 };
const [opens, closes, each] = [9 * 60, 17 * 60, 30];

/** "Thursday", "tomorrow" or 2026-12-03, as a date; undefined: none of these. */
export function readDay(text: string, now: Date): string | undefined {
  const words = text.toLowerCase();
  const iso = /\d{4}-\d{2}-\d{2}/.exec(words)?.[0];
  if (iso) return Number.isNaN(Date.parse(iso)) ? undefined : iso;
  const wanted = weekdays.findIndex((name) => words.includes(name));
  const ahead = words.includes('tomorrow') ? 1 : words.includes('today') ? 0 : undefined;
  if (wanted < 0 && ahead === undefined) return undefined;
  const date = new Date(now);
  date.setUTCDate(date.getUTCDate() + (ahead ?? ((wanted - date.getUTCDay() + 6) % 7) + 1));
  return date.toISOString().slice(0, 10);
}

/** "half past ten", "3:30 pm", "two" or 14:00, in minutes since midnight; hours before eight are those of the afternoon. */
export function readTime(text: string): number | undefined {
  const found = /(half past )?\b(\d{1,2}|[a-z]+)(?:[: ](\d\d|thirty|fifteen|forty five|o'clock))?\b/g;
  for (const [, half, hourText = '', minuteText = ''] of text.toLowerCase().matchAll(found)) {
    const hour = /^\d/.test(hourText) ? Number(hourText) : numbers.indexOf(hourText);
    const minute = half ? 30 : (minuteWords[minuteText] ?? Number(minuteText));
    if (hour >= 0 && hour < 24 && minute < 60) return (hour < 8 ? hour + 12 : hour) * 60 + minute;
  }
  return undefined;
}

const spokenTime = (minute: number) =>
  `${(minute / 60) % 12 < 1 ? 12 : Math.floor(minute / 60) % 12}${minute % 60 ? `:${minute % 60}` : ''} ${minute < 720 ? 'a' : 'p'}.m.`;
const spokenDay = (day: string) =>
  new Intl.DateTimeFormat('en-US', { weekday: 'long', month: 'long', day: 'numeric', timeZone: 'UTC' }).format(
    new Date(day),
  );

export function createCalendar({ now = () => new Date() } = {}): { server: Server; appointments: Appointment[] } {
  const appointments: Appointment[] = [];
  const byKey = new Map<string, Appointment>();
  const freeOn = (day: string) => {
    const taken = new Set(appointments.filter((one) => one.day === day).map(({ minute }) => minute));
    const isWeekend = [0, 6].includes(new Date(day).getUTCDay());
    const all = Array.from({ length: (closes - opens) / each }, (_, index) => opens + index * each);
    return isWeekend ? [] : all.filter((minute) => !taken.has(minute));
  };
  const said = (one: Appointment) => ({
    number: one.number,
    when: `${spokenDay(one.day)} at ${spokenTime(one.minute)}`,
  });

  const book = (wish: Record<string, string | undefined>, key: string): [status: number, answer: object] => {
    const before = byKey.get(key);
    if (before) return [201, said(before)];
    const day = readDay(wish['day'] ?? '', now());
    const minute = readTime(wish['time'] ?? '');
    if (day === undefined || minute === undefined)
      return [422, { reason: 'I did not understand the day or the time', free: '' }];
    const free = freeOn(day);
    if (!free.includes(minute)) {
      const near = free
        .toSorted((a, b) => Math.abs(a - minute) - Math.abs(b - minute))
        .slice(0, 2)
        .toSorted((a, b) => a - b);
      const times = near.map(spokenTime).join(' or ');
      return [
        409,
        {
          reason: near.length > 0 ? 'That time is not free' : `There is no free time on ${spokenDay(day)}`,
          free: times,
        },
      ];
    }
    const one = { number: appointments.length + 1, name: wish['name'] ?? '', phone: wish['phone'], day, minute };
    appointments.push(one);
    if (key) byKey.set(key, one);
    return [201, said(one)];
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://calendar');
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      if (request.method === 'GET' && url.pathname === '/free') {
        const day = readDay(url.searchParams.get('day') ?? '', now());
        if (day === undefined) return answer(422, { reason: 'I did not understand the day' });
        const times = freeOn(day).map(spokenTime);
        return answer(200, { day: spokenDay(day), times: times.slice(0, 4).join(', ') || 'nothing' });
      }
      if (request.method === 'GET' && url.pathname === '/appointments')
        return answer(200, { appointments: appointments.map((one) => ({ ...one, ...said(one) })) });
      if (request.method !== 'POST' || url.pathname !== '/appointments')
        return answer(404, { reason: 'There is no such thing here' });
      try {
        return answer(
          ...book(JSON.parse(text) as Record<string, string>, String(request.headers['idempotency-key'] ?? '')),
        );
      } catch {
        return answer(400, { reason: 'The request is not JSON' });
      }
    });
  });
  return { server, appointments };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const port = Number(process.argv[2] ?? 4010);
  createCalendar().server.listen(port, '127.0.0.1', () =>
    process.stdout.write(`The calendar is at http://127.0.0.1:${port}/appointments\n`),
  );
}

import { describe, expect, test } from 'vitest';

type Listed = { call_id: string; created_at: string; said?: string };
type Place = { cursor: string; after: Listed };
type Answer = { calls: Listed[]; next_cursor: string | null };
type CallPages = {
  calls: () => Listed[];
  hasMore: () => boolean;
  putTop: (answer: Answer) => void;
  older: () => Place | null;
  inTurn: () => Place | null;
  putAt: (place: Place, answer: Answer) => void;
};
const { createCallPages } = (await import(
  new URL('../../src/web/public/calls/call-pages.js', import.meta.url).href
)) as unknown as { createCallPages: () => CallPages };

/** A server with calls of these numbers, the highest the newest, which tells them by pages. */
function serverWith(numbers: number[]) {
  const call = (number: number): Listed => ({
    call_id: `call_${String(number).padStart(6, '0')}`,
    created_at: new Date(number * 1000).toISOString(),
  });
  return (limit: number, cursor?: string): Answer => {
    const all = numbers.toSorted((a, b) => b - a).filter((number) => cursor === undefined || number < Number(cursor));
    const page = all.slice(0, limit);
    return { calls: page.map(call), next_cursor: all.length > limit ? String(page.at(-1)) : null };
  };
}
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, at) => first + at);
const numbersOf = (pages: CallPages) => pages.calls().map(({ call_id: id }) => Number(id.slice(5)));

function fetchOlder(pages: CallPages, ask: ReturnType<typeof serverWith>, limit: number) {
  const place = pages.older();
  if (place) pages.putAt(place, ask(limit, place.cursor));
  return place;
}

describe('the calls that are known of a list', () => {
  test('are fetched page by page, each once, to the end', () => {
    const [pages, ask] = [createCallPages(), serverWith(upTo(1000))];
    pages.putTop(ask(50));
    while (fetchOlder(pages, ask, 200)) pages.putTop(ask(50));
    expect(numbersOf(pages)).toEqual(upTo(1000).toReversed());
    expect(pages.hasMore()).toBe(false);
  });

  test('grow at the top while older ones are read', () => {
    const pages = createCallPages();
    pages.putTop(serverWith(upTo(100))(50));
    fetchOlder(pages, serverWith(upTo(100)), 20);
    pages.putTop(serverWith(upTo(110))(50));
    expect(numbersOf(pages)).toEqual(upTo(110, 31).toReversed());
    expect(pages.hasMore()).toBe(true);
  });

  test('begin anew where more came than a page holds, so that nothing is missing between', () => {
    const pages = createCallPages();
    pages.putTop(serverWith(upTo(100))(50));
    const place = fetchOlder(pages, serverWith(upTo(100)), 20);
    pages.putTop(serverWith(upTo(300))(50));
    expect(numbersOf(pages)).toEqual(upTo(300, 251).toReversed());
    expect(pages.inTurn()).toBeNull();
    // An answer that was on its way fits nowhere now.
    pages.putAt(place!, serverWith(upTo(300))(20, place!.cursor));
    expect(numbersOf(pages)).toEqual(upTo(300, 251).toReversed());
    fetchOlder(pages, serverWith(upTo(300)), 200);
    expect(numbersOf(pages)).toEqual(upTo(300, 51).toReversed());
  });

  test('lose those that the server tells no more, in the stretch of its answer', () => {
    const pages = createCallPages();
    pages.putTop(serverWith(upTo(100))(50));
    fetchOlder(pages, serverWith(upTo(100)), 20);
    fetchOlder(pages, serverWith(upTo(100)), 200);
    const left = upTo(100).filter((number) => ![99, 40, 10].includes(number));
    pages.putTop(serverWith(left)(50));
    expect(numbersOf(pages)).not.toContain(99);
    expect(numbersOf(pages)).toContain(40);
    for (const place of [pages.inTurn()!, pages.inTurn()!])
      pages.putAt(place, serverWith(left)(place.cursor === '51' ? 20 : 200, place.cursor));
    expect(numbersOf(pages)).toEqual(left.toReversed());
  });

  test('can all go, also from the end', () => {
    const pages = createCallPages();
    pages.putTop(serverWith(upTo(60))(50));
    const place = pages.older()!;
    pages.putAt(place, { calls: [], next_cursor: null });
    expect(pages.hasMore()).toBe(false);
    pages.putTop({ calls: [], next_cursor: null });
    expect(pages.calls()).toEqual([]);
  });

  test('of one moment keep the order of their ids', () => {
    const pages = createCallPages();
    const at = new Date(0).toISOString();
    const three = ['call_c', 'call_b', 'call_a'].map((call_id) => ({ call_id, created_at: at }));
    pages.putTop({ calls: three.slice(0, 2), next_cursor: 'b' });
    pages.putAt(pages.older()!, { calls: three.slice(2), next_cursor: null });
    pages.putTop({ calls: three.slice(0, 2), next_cursor: 'b' });
    expect(pages.calls()).toEqual(three);
  });
});

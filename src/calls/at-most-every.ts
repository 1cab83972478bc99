/**
 * Picks from what is listed again and again the items whose last turn is `seconds` ago or more, so that what was begun for one has
 * time to work, and notes that it is their turn. What is listed no more is forgotten.
 */
export function atMostEvery<Item>(seconds: number, idOf: (item: Item) => string): (listed: Item[]) => Item[] {
  let turns = new Map<string, number>();
  return (listed) => {
    const now = performance.now();
    const before = turns;
    const due = listed.filter((item) => now - (before.get(idOf(item)) ?? -Infinity) >= seconds * 1000);
    const isDue = new Set(due);
    turns = new Map(listed.map((item) => [idOf(item), isDue.has(item) ? now : before.get(idOf(item))!]));
    return due;
  };
}

/** What came of one item. */
export type ItemOutcome<Value> = { index: number; value: Value } | { index: number; error: Error };

/** Works on items one after the other. One that fails does not keep those after it from being worked on. */
export async function eachItem<Value>(
  count: number,
  work: (index: number) => Promise<Value>,
): Promise<ItemOutcome<Value>[]> {
  const outcomes: ItemOutcome<Value>[] = [];
  for (let index = 0; index < count; index += 1) {
    try {
      outcomes.push({ index, value: await work(index) });
    } catch (error) {
      outcomes.push({ index, error: error as Error });
    }
  }
  return outcomes;
}

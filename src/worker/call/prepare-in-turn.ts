/**
 * Waits for a call's turn to be prepared, and keeps the place until it is, or is over. Calls whose phone does not ring yet wait here:
 * nobody hears it, and of a hundred that begin at once each one would otherwise be so slow that none is ready within its limit.
 */
export async function prepareInTurn(
  gate: <T>(task: () => Promise<T>) => Promise<T>,
  call: { prepared: Promise<unknown>; over: Promise<unknown> },
): Promise<void> {
  const turn = Promise.withResolvers<void>();
  void gate(async () => {
    turn.resolve();
    await Promise.race([call.prepared, call.over]);
  });
  await Promise.race([turn.promise, call.over]);
}

import type { AnyProvider, CheckResult } from '../contract.ts';

/** A plugin's `check` asks its service as our own client of that service does, which knows the plugin's options, too. */
export function checkOf(
  own: AnyProvider,
  name: string,
): (chosen: object, context: { timeoutMs: number }) => Promise<CheckResult> {
  return async (chosen, context) => {
    const checked = await own.check(own.options.parse(chosen), context);
    return { ...checked, message: checked.message.replace(own.name, name) };
  };
}

import { type Setting, setting, text } from './setting.ts';

/** Files of the operator's over the lists of prices that Parley ships. */
export const priceSettings = {
  PARLEY_PRICES_FILE: setting(
    text.optional(),
    'JSON file whose prices replace those of pipelines/prices.json.',
    'Use the path of a JSON file of the same shape.',
  ),
  PARLEY_RATES_FILE: setting(
    text.optional(),
    'JSON file with the rates of your carrier; a number that it does not know has that of telephony/rates.json.',
    'Use the path of a JSON file of the same shape.',
  ),
} as const satisfies Record<string, Setting>;

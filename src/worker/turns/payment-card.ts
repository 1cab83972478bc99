/**
 * How many digits the numbers of each network have, by their first ones (ISO/IEC 7812 and the networks' public tables);
 * the networks of 16 digits that issue longer ones too are read at 16.
 */
const networks: readonly { first: RegExp; length: number }[] = [
  { first: /^3[47]/, length: 15 },
  { first: /^3(?:0[0-5]|[689])/, length: 14 },
  { first: /^[3-9]|^2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)/, length: 16 },
];

/** Whether digits are the whole number of a payment card: as long as its network's are, with the right check digit. */
export function isWholeCard(digits: string): boolean {
  const network = networks.find(({ first }) => first.test(digits));
  return network?.length === digits.length && hasCheckDigit(digits);
}

/** Luhn (ISO/IEC 7812-1, annex B): counted from the right, every second digit doubled, the sum ends in 0. */
function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (const [position, digit] of Array.from(digits).toReversed().entries()) {
    const value = Number(digit) * (position % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

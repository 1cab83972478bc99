/** One line of CSV (RFC 4180), with its end. What a spreadsheet would take for a formula is marked as text. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\n`;
}

/** Numbers, those of telephones included. */
const plainNumber = /^[+-]?\d+(\.\d+)?$/;

function cell(text: string): string {
  const safe = /^[=@+\t\r-]/.test(text) && !plainNumber.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

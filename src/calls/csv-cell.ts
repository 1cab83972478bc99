/** Quoted where CSV (RFC 4180) asks for it; what a spreadsheet would take for a formula is told to be text. */
export function csvCell(text: string): string {
  const safe = /^[=@\t\r-]/.test(text) || /^\+(?!\d+$)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

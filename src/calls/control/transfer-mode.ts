/** `blind`: the line is handed over at once (SIP REFER). `warm`: somebody is called and briefed first, then connected. */
export const transferModes = ['blind', 'warm'] as const;
export type TransferMode = (typeof transferModes)[number];

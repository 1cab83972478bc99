/**
 * Moonshine's `tokenizer.bin` as the `tokens.txt` that sherpa-onnx reads: one line per token, its bytes in base64, a space
 * and its number. The source is a sequence of tokens, each led by its length: one byte below 128, else two bytes of seven
 * bits, the low ones first and marked by the top bit.
 */
export function moonshineTokens([tokenizer]: readonly Buffer[]): Buffer {
  if (!tokenizer) throw new Error('The Moonshine tokenizer is missing.');
  const lines: string[] = [];
  let offset = 0;
  while (offset < tokenizer.length) {
    let length = tokenizer.readUInt8(offset++);
    if (length >= 128) length = tokenizer.readUInt8(offset++) * 128 + length - 128;
    lines.push(`${tokenizer.toString('base64', offset, offset + length)} ${lines.length}`);
    offset += length;
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}

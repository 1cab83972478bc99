import { type Document, isAlias, isNode, isScalar, visit } from 'yaml';

/** A place where YAML reads something else than the author most likely wrote. `at` is an offset in the text. */
export type YamlTrap = { at: number; message: string };

const cure = 'put quotes around the text';

/**
 * Where a part of a text would be lost without a word: YAML takes `!Hello there` for a tag and "there", `&amp; there` for an anchor
 * and "there", `*star` for an alias, and `call #1` for "call" and a comment (YAML 1.2.2, chapters 6.6 to 7.1).
 */
export function trapsIn(document: Document): YamlTrap[] {
  const traps: YamlTrap[] = [];
  const anchors = new Map<string, number>();
  const used = new Set<string>();
  visit(document, {
    Node(_key, node) {
      if (!isNode(node)) return;
      const at = node.range?.[0] ?? 0;
      if (isAlias(node)) {
        used.add(node.source);
        if (!anchors.has(node.source))
          traps.push({ at, message: `"*${node.source}" stands for another part of the file in YAML; ${cure}` });
        return;
      }
      if (node.anchor) anchors.set(node.anchor, at);
      if (node.tag?.startsWith('!'))
        traps.push({ at, message: `"${node.tag}" is a tag in YAML and not read; ${cure}` });
      const isCut = isScalar(node) && node.type === 'PLAIN' && /^\S/.test(node.comment ?? '');
      if (isCut)
        traps.push({
          at,
          message: `"#${(node.comment ?? '').split('\n')[0]}" is a comment in YAML and not read; ${cure}, or write a space after #`,
        });
    },
  });
  for (const [anchor, at] of anchors)
    if (!used.has(anchor))
      traps.push({ at, message: `"&${anchor}" is a name for this place in YAML and not read; ${cure}` });
  return traps;
}

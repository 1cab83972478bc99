import { globSync, readFileSync } from 'node:fs';
import { parseSync, Visitor } from 'oxc-parser';

/** One text and the place it is from. */
export type Text = { where: string; text: string };

/** Every page of the documentation, without its code. */
export function pageTexts(pages: string[]): Text[] {
  return pages.map((page) => ({
    where: page,
    text: readFileSync(page, 'utf8')
      .replaceAll(/^ *```.*?^ *```/gms, '')
      .replaceAll(/`[^`\n]*`/g, '`…`'),
  }));
}

/** What a program may show: the strings of its source that hold more than one word, and labels of one. */
export function stringsOf({ where, text: source }: Text): Text[] {
  const { program } = parseSync(where, source);
  const texts: Text[] = [];
  const add = (text: string) => {
    if (/\w \w|^[A-Z][a-z]+$/.test(text)) texts.push({ where, text });
  };
  new Visitor({
    Literal(node) {
      if (typeof node.value === 'string') add(node.value);
    },
    TemplateLiteral(node) {
      add(node.quasis.map((quasi) => quasi.value.cooked ?? '').join('…'));
    },
  }).visit(program);
  return texts;
}

/** The files of the repository's own source. */
export const sourceFiles = (): string[] =>
  globSync([
    '{src,pipelines,telephony,bench,scripts,examples}/**/*.{ts,js}',
    'integrations/n8n/{nodes,credentials}/**/*.ts',
  ]).filter((file) => !file.endsWith('.d.ts'));

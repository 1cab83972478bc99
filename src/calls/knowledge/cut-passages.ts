/** What is found and told of a paper. */
export type Passage = {
  /** The headings above it, outermost first, such as `Prices, Whitening`. */
  heading: string;
  text: string;
};

/** Longest passage, in characters: what a model reads in a moment, and a person hears out. */
const longest = 600;
/** Changes whenever papers are cut in another way. */
export const cutVersion = 1;

const sentences = new Intl.Segmenter(undefined, { granularity: 'sentence' });

/**
 * Cuts a paper into passages: what is under one heading stays together as far as it is short enough; else it is cut between
 * paragraphs, then sentences, then words. Marks of Markdown are taken out. Text without headings is cut at its empty lines.
 */
export function cutPassages(paper: string): Passage[] {
  const passages: Passage[] = [];
  const above: string[] = [];
  let paragraphs: string[] = [];
  let paragraph: string[] = [];
  const endParagraph = () => {
    const text = paragraph
      .join(' ')
      .replace(/[^\S\n]+/g, ' ')
      .trim();
    if (text) paragraphs.push(text);
    paragraph = [];
  };
  const endSection = () => {
    endParagraph();
    const heading = above.filter(Boolean).join(', ');
    passages.push(...packed(paragraphs).map((text) => ({ heading, text })));
    paragraphs = [];
  };
  for (const line of linesOf(paper)) {
    const [, marks = ''] = /^(#{1,6})\s/.exec(line) ?? [];
    if (marks) {
      endSection();
      // The title of the whole paper says nothing about one passage of it.
      above.length = Math.max(0, marks.length - 1);
      while (above.length < marks.length - 1) above.push('');
      above.push(marks.length === 1 ? '' : titleOf(line.slice(marks.length)));
    } else if (line.trim() === '') endParagraph();
    else if (/^\s*(?:[-*+]|\d{1,3}[.)])\s+/.test(line)) {
      paragraph.push(`\n${plain(line.replace(/^\s*(?:[-*+]|\d{1,3}[.)])\s+/, ''))}`);
    } else paragraph.push(plain(line));
  }
  endSection();
  return passages;
}

function linesOf(paper: string): string[] {
  return paper.replace(/^\uFEFF/, '').split(/\r?\n/);
}

function titleOf(text: string): string {
  let title = text.trim();
  while (title.endsWith('#')) title = title.slice(0, -1);
  return plain(title);
}

/** A line without the marks of Markdown. */
function plain(line: string): string {
  return withoutLinks(line.replace(/^\s*(?:>+|\||```\w*|-{3,}|={3,}|\*{3,})\s*/, ''))
    .split('|')
    .map((cell) => cell.trim())
    .filter(Boolean)
    .join(', ')
    .replace(/\*\*|__|`/g, '')
    .replace(/[\p{Cc}\p{Cf}]/gu, ' ')
    .trim();
}

/** Of `[words](address)` and `![words](address)` the words, in one pass. */
function withoutLinks(line: string): string {
  let out = '';
  let open = -1;
  let closes = true;
  for (let at = 0; at < line.length; at += 1) {
    const end = closes && open >= 0 && line.startsWith('](', at) ? line.indexOf(')', at) : -1;
    if (line.startsWith('](', at) && open >= 0 && end < 0) closes = false;
    if (end < 0) {
      if (line[at] === '[') open = out.length;
      out += line[at];
      continue;
    }
    const words = out.slice(open + 1);
    out = out.slice(0, out[open - 1] === '!' ? open - 1 : open) + words;
    open = -1;
    at = end;
  }
  return out;
}

/** Neighbours that are short enough as one text, and what is too long in pieces. */
function packed(paragraphs: readonly string[]): string[] {
  const packs: string[] = [];
  for (const piece of paragraphs.flatMap(pieces)) {
    const last = packs.at(-1);
    if (last !== undefined && last.length + piece.length + 1 <= longest) packs[packs.length - 1] = `${last}\n${piece}`;
    else packs.push(piece);
  }
  return packs;
}

function pieces(paragraph: string): string[] {
  if (paragraph.length <= longest) return [paragraph];
  const parts: string[] = [];
  for (const { segment } of sentences.segment(paragraph)) {
    for (const part of segment.length <= longest ? [segment] : byWords(segment)) {
      const last = parts.at(-1);
      if (last !== undefined && last.length + part.length <= longest) parts[parts.length - 1] = last + part;
      else parts.push(part);
    }
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}

function byWords(text: string): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > longest) {
    const space = rest.lastIndexOf(' ', longest);
    const end = space > longest / 2 ? space + 1 : longest;
    parts.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...parts, rest];
}

import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { defineConfig } from 'vitepress';

/** The site of `make docs-site`: the pages of the repository as they are. Its order is that of docs/README.md. */
const repository = join(import.meta.dirname, '../../..');
const pages = globSync(
  ['docs/*.md', 'docs/decisions/*.md', '{agents,pipelines}/README.md', '*.md', '{integrations,examples}/*/README.md'],
  {
    cwd: repository,
  },
);
/** Where files that are no pages are linked to: the repository that package.json names. Where it names none they are plain text. */
const { repository: home } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  repository?: string;
};
const filesUrl = home && `${home}/blob/main`;

/** The lists of docs/README.md, by heading. */
function sidebar() {
  const groups: { text: string; collapsed?: boolean; items: { text: string; link: string }[] }[] = [];
  for (const line of readFileSync(join(repository, 'docs/README.md'), 'utf8').split('\n')) {
    const [, heading] = /^## (.+)/.exec(line) ?? [];
    if (heading) groups.push({ text: heading, items: [] });
    const [, text, target] = /^- \[([^\]]+)\]\(([^)]+)\)/.exec(line) ?? [];
    const link = target && `/${normalize(join('docs', target)).replace(/\.md$/, '')}`;
    if (text && link) groups.at(-1)?.items.push({ text, link });
  }
  return groups;
}

type Token = { type: string; tag: string; children: Token[] | null; attrs: [string, string][] | null };

/** Links to files that are no pages lead to the repository, or become plain text. @throws Error for a link that leads nowhere */
function linkFile(token: Token, page: string): 'kept' | 'unlinked' {
  const href = token.attrs?.find(([name]) => name === 'href');
  if (!href || /^([a-z]+:|#|\/)/.test(href[1])) return 'kept';
  const file = normalize(join(dirname(page), href[1].split('#')[0] ?? ''));
  if (pages.includes(file)) return 'kept';
  if (!existsSync(join(repository, file))) throw new Error(`${page}: ${href[1]} leads nowhere.`);
  if (filesUrl) {
    href[1] = `${filesUrl}/${file}`;
    return 'kept';
  }
  token.tag = 'span';
  token.attrs = null;
  return 'unlinked';
}

export default defineConfig({
  title: 'Parley',
  description: 'A self-hosted runtime for real-time voice agents.',
  srcDir: repository,
  srcExclude: ['agents/!(README).md', '.parley/**', 'test/**'],
  outDir: join(repository, '.parley/docs-site/dist'),
  cacheDir: join(repository, '.parley/docs-site/cache'),
  rewrites: { 'docs/site/index.md': 'index.md' },
  cleanUrls: true,
  markdown: {
    config(md) {
      // `{{name}}` is how agent files name a variable; Vue would take it for one of its own, even in code.
      for (const rule of ['text', 'code_inline'] as const) {
        const render = md.renderer.rules[rule]!;
        md.renderer.rules[rule] = (...given) => render(...given).replaceAll('{{', '&#123;&#123;');
      }
      md.core.ruler.push('files', (state) => {
        const page = (state.env as { relativePath: string }).relativePath;
        for (const { children } of state.tokens as Token[]) {
          let open = false;
          for (const token of children ?? []) {
            if (token.type === 'link_open') open = linkFile(token, page) === 'unlinked';
            else if (token.type === 'link_close' && open) {
              token.tag = 'span';
              open = false;
            }
          }
        }
      });
    },
  },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/docs/README' },
      { text: 'API', link: '/docs/api' },
      { text: 'Changelog', link: '/CHANGELOG' },
    ],
    sidebar: sidebar(),
    outline: [2, 3],
    search: { provider: 'local' },
  },
});

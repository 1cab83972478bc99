import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Both themes and both widths: one at a desk, one on a phone. */
const looks = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 360 },
] as const;
const height = 740;

/** What axe-core finds wrong with the page as it stands, in both looks, and whether it scrolls sideways. */
export async function faults(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const { colorScheme, width } of looks) {
    await look(page, { colorScheme, width });
    found.push(...(await faultsAsItLooks(page)).map((fault) => `${colorScheme} ${width}: ${fault}`));
  }
  await look(page, looks[0]);
  return found;
}

async function look(page: Page, { colorScheme, width }: { colorScheme: 'light' | 'dark'; width: number }) {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height });
}

/** By every rule that axe-core has on, best practices too, and by WCAG 2.2's size of targets, which it has off. */
async function faultsAsItLooks(page: Page): Promise<string[]> {
  if (!(await page.evaluate<boolean>(`'axe' in window`))) await page.evaluate(axe.source);
  const options = { resultTypes: ['violations'], preload: false, rules: { 'target-size': { enabled: true } } };
  return page.evaluate<string[]>(`(async () => {
    const { violations } = await axe.run(${JSON.stringify(options)});
    const sideways = document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : [];
    return [
      ...violations.flatMap(({ id, nodes }) => nodes.map(({ target, html }) => id + ' ' + target.join(' ') + ' ' + html.slice(0, 120))),
      ...sideways,
    ];
  })()`);
}

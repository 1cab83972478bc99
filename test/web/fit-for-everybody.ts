import axe from 'axe-core';
import type { Page } from 'playwright-core';

/**
 * Both themes, at the width of a desk and of a phone. All rules are tried in one theme per width; what depends on the theme is the
 * contrast of colours.
 */
const looks = [
  { colorScheme: 'light', width: 1280, rules: 'all' },
  { colorScheme: 'dark', width: 1280, rules: 'colours' },
  { colorScheme: 'dark', width: 360, rules: 'all' },
  { colorScheme: 'light', width: 360, rules: 'colours' },
] as const;
const height = 740;

/** What axe-core finds wrong with the page as it stands, in every look, and whether it scrolls sideways. */
export async function faults(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const { colorScheme, width, rules } of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    const here = await faultsAsItLooks(page, rules);
    found.push(...here.map((fault) => `${colorScheme} ${width}: ${fault}`));
  }
  const [first] = looks;
  await page.emulateMedia({ colorScheme: first.colorScheme });
  await page.setViewportSize({ width: first.width, height });
  return found;
}

/** Of all rules: those that axe-core has on, best practices too, and WCAG 2.2's size of targets, which it has off. */
async function faultsAsItLooks(page: Page, rules: 'all' | 'colours'): Promise<string[]> {
  if (!(await page.evaluate<boolean>(`'axe' in window`))) await page.evaluate(axe.source);
  const chosen =
    rules === 'all'
      ? { rules: { 'target-size': { enabled: true } } }
      : { runOnly: { type: 'rule', values: ['color-contrast'] } };
  const options = { resultTypes: ['violations'], preload: false, ...chosen };
  return page.evaluate<string[]>(`(async () => {
    const { violations } = await axe.run(${JSON.stringify(options)});
    const sideways = document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : [];
    return [
      ...violations.flatMap(({ id, nodes }) => nodes.map(({ target, html }) => id + ' ' + target.join(' ') + ' ' + html.slice(0, 120))),
      ...sideways,
    ];
  })()`);
}

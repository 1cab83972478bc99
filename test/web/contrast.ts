import type { Page } from 'playwright-core';

/**
 * Texts of the page that stand out less from their background than WCAG 2.2 AA asks: 4.5 to 1, and 3 to 1 for large ones.
 * Runs in the page; transparent colours are laid over what is behind them.
 */
export function lowContrast(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = (color) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      return { r, g, b, a: a / 255 };
    };
    const over = (top, below) => ({
      r: top.r * top.a + below.r * (1 - top.a),
      g: top.g * top.a + below.g * (1 - top.a),
      b: top.b * top.a + below.b * (1 - top.a),
      a: 1,
    });
    const behind = (node) => {
      if (node === null) return rgba(getComputedStyle(document.body).backgroundColor);
      const color = rgba(getComputedStyle(node).backgroundColor);
      return color.a === 1 ? color : over(color, behind(node.parentElement));
    };
    const channel = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    const luminance = ({ r, g, b }) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const parent = texts.currentNode.parentElement;
      const text = texts.currentNode.textContent.trim();
      if (text === '' || !parent.checkVisibility() || parent.closest('script, :disabled, .visually-hidden, .skip')) continue;
      const style = getComputedStyle(parent);
      const back = behind(parent);
      const [light, dark] = [luminance(over(rgba(style.color), back)), luminance(back)].sort((a, b) => b - a);
      const ratio = (light + 0.05) / (dark + 0.05);
      const size = parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (ratio < (isLarge ? 3 : 4.5)) found.push(ratio.toFixed(2) + ' ' + text.slice(0, 40));
    }
    return found;
  })()`);
}

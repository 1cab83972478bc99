/** How fast a meter falls: of its full height, per reading. */
const fall = 0.06;
/** Assistive technology is told ten-percent steps, not every flicker. */
const stepPercent = 10;

/**
 * A level meter: rises at once, falls slowly.
 *
 * @param {HTMLElement} root With `role="meter"` and one child, the bar.
 */
export function createMeter(root) {
  const bar = /** @type {HTMLElement} */ (root.firstElementChild);
  let shown = 0;

  return {
    /** @param {number} level 0 to 1. */
    show(level) {
      shown = Math.max(level, shown - fall, 0);
      bar.style.transform = `scaleX(${shown.toFixed(3)})`;
      const percent = String(Math.round((shown * 100) / stepPercent) * stepPercent);
      if (root.getAttribute('aria-valuenow') !== percent) root.setAttribute('aria-valuenow', percent);
    },
  };
}

/**
 * `{{name}}` in a text; the group has the name with the spaces around it. Neither brace can stand inside, so that each
 * character is looked at once.
 */
export const placeholder = /\{\{([^{}]*)\}\}/g;

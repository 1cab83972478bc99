/** Characters that end the password of a URL, or mean something else in it, when they are not percent-encoded. */
const special = /[@:/?#[\]\s]|%(?![0-9a-f]{2})/i;

const cure =
  'The password in DATABASE_URL has special characters. Percent-encode them: @ as %40, : as %3A, / as %2F, ? as %3F, # as %23, % as %25. In .env an unquoted # also ends the line.';

/**
 * The cure for a database address whose password was not encoded; undefined when it is in order, or has a `%` that could be
 * meant as it is. Such an address often is a valid URL all the same, of another host or another password.
 */
export function unencodedPassword(url: string | undefined): string | undefined {
  // A host has no @, so the last one ends the password, whatever it holds; without any, a # has cut the address off.
  const [, password, host] = /^postgres(?:ql)?:\/\/[^:@/?#]+:(.*?)(@[^@]*)?$/i.exec(url ?? '') ?? [];
  if (password === undefined) return undefined;
  const isCutOff = host === undefined && !/^\d+($|[/?])/.test(password);
  return isCutOff || (host !== undefined && special.test(password)) ? cure : undefined;
}

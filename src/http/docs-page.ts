import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { OpenapiDocument } from './openapi.ts';
import { problems } from './problem.ts';

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;
type Operation = NonNullable<NonNullable<OpenapiDocument['paths']>[string]['get']>;

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The OpenAPI document as one page for people, without scripts; each error code has an anchor that `type` points to. */
export function docsPage(document: OpenapiDocument): Html {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => (item[method] ? [{ path, method, operation: item[method] }] : [])),
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Parley API</title>
        <link rel="icon" href="/favicon.svg" />
        <link rel="stylesheet" href="/docs.css" />
      </head>
      <body>
        <main>
          <h1>Parley API <small>${document.info.version}</small></h1>
          <p>${prose(document.info.description)}</p>
          <p>
            Send a key as <code>X-API-Key: …</code> or <code>Authorization: Bearer …</code>.
            <a href="/openapi.json">openapi.json</a> has the same for machines.
          </p>
          <nav aria-label="Routes">
            <ul>
              ${operations.map(
                ({ path, method, operation }) =>
                  html`<li>
                    <a href="#${anchor(method, path)}"><b>${method.toUpperCase()}</b> ${path}</a>
                    ${prose(operation.summary)}
                  </li>`,
              )}
            </ul>
          </nav>
          ${operations.map(section)}
          <section>
            <h2 id="errors">Errors</h2>
            <table>
              <thead>
                <tr>
                  <th>Code</th>
                  <th>Status</th>
                  <th>Meaning</th>
                </tr>
              </thead>
              <tbody>
                ${Object.entries(problems).map(
                  ([code, { status, title }]) =>
                    html`<tr id="${code}">
                      <td><code>${code}</code></td>
                      <td>${status}</td>
                      <td>${title}</td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </section>
          <section>
            <h2>Schemas</h2>
            ${Object.entries(document.components?.schemas ?? {}).map(
              ([name, schema]) =>
                html`<details id="schema-${name}">
                  <summary>${name}</summary>
                  ${code(schema)}
                </details>`,
            )}
          </section>
        </main>
      </body>
    </html>`;
}

function section({ path, method, operation }: { path: string; method: string; operation: Operation }): Html {
  const body = operation.requestBody && 'content' in operation.requestBody ? operation.requestBody.content : {};
  return html`<section>
    <h2 id="${anchor(method, path)}"><b>${method.toUpperCase()}</b> ${path}</h2>
    <p>${prose(operation.summary)}. ${prose(operation.description)}</p>
    ${parameters(operation)} ${contents('Body', body)}
    ${Object.entries(operation.responses ?? {}).map(([status, response]) =>
      status.startsWith('2') && response.content
        ? contents(`${status}: ${response.description}`, response.content)
        : html`<p class="answer"><b>${status}</b> ${prose(response.description)}</p>`,
    )}
  </section>`;
}

function parameters(operation: Operation): Html {
  const list = (operation.parameters ?? []).flatMap((each) => ('name' in each ? [each] : []));
  if (list.length === 0) return html``;
  return html`<ul>
    ${list.map(
      ({ name, in: place, required, description }) =>
        html`<li><code>${name}</code> (${place}${required ? ', required' : ''}) ${prose(description)}</li>`,
    )}
  </ul>`;
}

function contents(title: string, content: Record<string, { schema?: unknown }>): Html {
  return html`${Object.entries(content).map(
    ([mediaType, { schema }]) =>
      html`<p><b>${title}</b> <code>${mediaType}</code></p>
        ${code(schema)}`,
  )}`;
}

/** A schema as JSON; references become links. */
function code(schema: unknown): Html {
  const linked = escape(JSON.stringify(schema, null, 2) ?? '').replaceAll(
    /"#\/components\/schemas\/(\w+)"/g,
    '<a href="#schema-$1">$1</a>',
  );
  return html`<pre>${raw(linked)}</pre>`;
}

/** A sentence; what stands between backticks becomes code. */
function prose(text = ''): Html {
  return raw(escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>'));
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function anchor(method: string, path: string): string {
  return `${method}${path.replaceAll(/[^a-z]+/g, '-')}`;
}

export const docsStyle = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1rem 6rem; }
h1 small { font-weight: 400; opacity: 0.65; }
h2 { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: 1.15rem; }
nav ul { list-style: none; padding: 0; }
code, pre, h2, nav a { font-family: ui-monospace, monospace; }
pre { overflow-x: auto; padding: 0.75rem 1rem; border: 1px solid var(--line); border-radius: 8px; font-size: 0.85rem; }
table { border-collapse: collapse; }
th, td { padding: 0.3rem 1rem 0.3rem 0; text-align: left; border-bottom: 1px solid var(--line); }
tr:target { background: color-mix(in srgb, Highlight 25%, transparent); }
p.answer { margin: 0.2rem 0; opacity: 0.85; }
`;

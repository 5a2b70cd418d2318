/** The few pages that need no bundle: coming in, and what to do where the page is not built. No script, no style sheet. */

const frame = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${title}</title></head><body>${body}</body></html>\n`;

/** @param failure a sentence of ours, with nothing in it of what was typed */
export function loginPage(failure: string | null): string {
  const said = failure === null ? "" : `<p role="alert">${failure}</p>`;
  return frame(
    "Assay: log in",
    `<main><h1>Assay</h1>${said}<form method="post" action="/login"><p><label for="token">Owner's token</label> <input id="token" name="token" type="password" autocomplete="current-password" required autofocus></p><p><button>Log in</button></p></form><p>It was printed when this store was first served.</p></main>`,
  );
}

export function notBuiltPage(): string {
  return frame(
    "Assay",
    '<main><h1>Assay</h1><p>The page is not built in this copy: <code>npm run build</code> builds it.</p><p>The API answers: <a href="/api/answer">the answer</a>, <a href="/api/openapi.json">what else can be asked</a>.</p></main>',
  );
}

import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { STYLE } from './style.ts';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** A string is escaped where it is put in. */
export type Sentence = Html | string;

export type Frame = {
  readonly title: string;
  readonly nonce: string;
  readonly isWide?: boolean;
};

/** Everything that a page shares. `body` is escaped already. */
export function layout({ title, nonce, isWide = false }: Frame, body: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · AuthMCP Gateway</title>
<style nonce="${nonce}">${raw(STYLE)}</style>
</head>
<body><main class="${isWide ? 'wide' : ''}">${body}</main></body>
</html>`;
}

/** What went wrong, read out by screen readers as soon as it is there. */
export function problems(sentences: readonly string[]): Html {
  if (sentences.length === 0) return html``;
  const [only] = sentences;
  const said =
    sentences.length === 1 ? only : html`<ul>${sentences.map(text => html`<li>${text}</li>`)}</ul>`;
  return html`<div class="bad" role="alert">${said}</div>`;
}

/** A page that only says something. */
export function notice(frame: Frame, sentences: readonly Sentence[]): Html {
  const said = sentences.map(sentence => html`<p>${sentence}</p>`);
  return layout(frame, html`<p class="name">AuthMCP Gateway</p><h1>${frame.title}</h1>${said}`);
}

/** The look of the server-rendered pages: light and dark by the system's wish, from 320 px on. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --soft: #60646c; --page: #f7f7f5; --card: #fff;
  --line: #d9d9d6; --accent: #1f6f5c; --on-accent: #fff; --bad: #b3261e; --code: #f0f0ec; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e4; --soft: #a4a8ae; --page: #16181a; --card: #1e2124;
  --line: #3a3e42; --accent: #6fc7ad; --on-accent: #10201b; --bad: #ff9a90; --code: #282c30; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 34rem; margin: 0 auto; padding: clamp(1.5rem, 8vh, 5rem) 1rem 3rem; }
main.wide { max-width: 46rem; }
.name { font-weight: 600; color: var(--soft); letter-spacing: .01em; margin: 0 0 1.5rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .5rem; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 2rem 0 .4rem; }
p { margin: 0 0 1rem; }
p, li, button { overflow-wrap: anywhere; }
a { color: inherit; }
.soft { color: var(--soft); }
form.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.25rem;
  margin-top: 1.5rem; }
label { display: block; font-weight: 600; margin: 0 0 .25rem; }
.field { margin-bottom: 1.1rem; }
.hint { color: var(--soft); font-size: .9rem; margin: .3rem 0 0; }
input { width: 100%; font: inherit; color: inherit; background: var(--page); border: 1px solid var(--soft);
  border-radius: 6px; padding: .6rem .7rem; }
input[type=checkbox] { width: auto; accent-color: var(--accent); margin: 0 .4rem 0 0; }
.check label { font-weight: 400; }
.row { display: flex; gap: .75rem; flex-wrap: wrap; margin: 0; }
.place { border-left: 4px solid var(--accent); padding: .2rem 0 .2rem .9rem; overflow-wrap: anywhere; }
.place strong { font-size: 1.35rem; display: block; }
button.link { background: none; color: inherit; border: 0; padding: .65rem 0; text-decoration: underline;
  font-weight: 400; }
input.code { font-family: ui-monospace, SFMono-Regular, Menlo, monospace; font-size: 1.4rem; letter-spacing: .12em;
  text-transform: uppercase; }
input.token { font-family: ui-monospace, SFMono-Regular, Menlo, monospace; letter-spacing: -.03em; }
button { font: inherit; font-weight: 600; border: 0; border-radius: 6px; padding: .65rem 1.2rem; cursor: pointer;
  background: var(--accent); color: var(--on-accent); min-height: 44px; }
button.quiet { background: none; color: var(--ink); border: 1px solid var(--line); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.bad { border-left: 4px solid var(--bad); background: var(--card); padding: .7rem 1rem; margin: 1rem 0 0; }
.bad ul { margin: .3rem 0 0; padding-left: 1.2rem; }
pre { background: var(--code); border-radius: 8px; padding: .8rem 1rem; margin: .4rem 0 0;
  white-space: pre-wrap; overflow-wrap: anywhere;
  font: .875rem/1.5 ui-monospace, SFMono-Regular, Menlo, monospace; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, monospace; font-size: .92em; }
.head { display: flex; gap: 1rem; justify-content: space-between; align-items: center; flex-wrap: wrap;
  margin-bottom: 2rem; }
.head .name { margin: 0; }
`;

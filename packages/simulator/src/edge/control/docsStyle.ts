/** How the docs page looks, by day and by night. */

/**
 * @category constants
 * @since 0.1.0
 */
export const style = `
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6576; --line: #dde2ea; --paper: #fff; --code: #f4f6f9;
  --accent: #0b6bcb; --documented: #14733c; --observed: #0b5cab; --assumed: #96590a }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ef; --soft: #9aa5b5; --line: #313947; --paper: #151a21;
  --code: #1e252f; --accent: #6db3ff; --documented: #63cf8f; --observed: #7dbcff; --assumed: #f0b35f } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 6rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, sans-serif }
[id] { scroll-margin-top: 4rem }
h1 { margin: 0 0 .5rem; font-size: 1.9rem } h2 { margin: 3rem 0 .25rem; font-size: 1.3rem }
a { color: var(--accent) } p { margin: .4rem 0 .8rem }
nav { position: sticky; top: 0; padding: .6rem 0; background: var(--paper); border-bottom: 1px solid var(--line) }
nav a { margin-right: 1.1rem; text-decoration: none; font-weight: 600 }
code, pre { font: .86em/1.5 ui-monospace, monospace }
p code, li code, td code { padding: .1em .35em; border-radius: 4px; background: var(--code) }
pre { margin: 0 0 .9rem; padding: .8rem 1rem; overflow-x: auto; border-radius: 8px; background: var(--code) }
details { margin: .5rem 0; border: 1px solid var(--line); border-radius: 8px }
details[open] { padding-bottom: .4rem } details > :not(summary) { margin-left: 1rem; margin-right: 1rem }
summary { display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: baseline; padding: .6rem 1rem; cursor: pointer }
summary span { color: var(--soft); flex: 1 }
.method { min-width: 3.2rem; font-size: .78rem; letter-spacing: .04em } .post { color: var(--documented) }
.get { color: var(--accent) }
.mark { font-style: normal; font-size: .78rem; font-weight: 600 } .documented { color: var(--documented) }
.observed { color: var(--observed) } .assumed { color: var(--assumed) }
.label { margin-bottom: .3rem; font-size: .85rem; font-weight: 600 } .source { color: var(--soft); font-size: .88rem }
table { border-collapse: collapse } td { padding: .3rem 1rem .3rem 0; border-bottom: 1px solid var(--line) }
ul { padding-left: 1.2rem }
`

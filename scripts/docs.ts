/**
 * Keeps the pages true: whatever the code can tell itself is written into them from the code.
 *
 * `node scripts/docs.ts` writes the parts between `<!-- NAME: ... -->` and `<!-- end of NAME -->`; with `--check` it
 * compares, and exits with 1 when a page is stale.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parts } from "./docsParts.ts"

const folder = join(import.meta.dirname, "..", "docs")

/** The pages that have such parts. */
export const pages: ReadonlyArray<string> = Object.keys(parts)

const opening = (name: string): string => `<!-- ${name}: written by scripts/docs.ts -->`
const closing = (name: string): string => `<!-- end of ${name} -->`

/** The page with its parts as the code tells them. Throws when a part has no place in it. */
export const render = (page: string, text: string): string =>
  Object.entries(parts[page] ?? {}).reduce((whole, [name, part]) => {
    const from = whole.indexOf(opening(name))
    const to = whole.indexOf(closing(name))
    if (from < 0 || to < from) throw new Error(`docs/${page} has no place for "${name}": ${opening(name)}`)
    return `${whole.slice(0, from)}${opening(name)}\n\n${part()}\n\n${whole.slice(to)}`
  }, text)

/** A page as it is. */
export const read = (page: string): string => readFileSync(join(folder, page), "utf8")

const main = (check: boolean): void => {
  for (const page of pages) {
    const text = read(page)
    const fresh = render(page, text)
    if (text === fresh) continue
    if (!check) writeFileSync(join(folder, page), fresh)
    else {
      process.stderr.write(`docs/${page} is stale: run \`node scripts/docs.ts\`\n`)
      process.exitCode = 1
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes("--check"))

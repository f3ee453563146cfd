/** The pages of the repository, and the blocks of code on them. */
import { readdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { root } from "./processes.ts"

const below = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name))

const packages = readdirSync(join(root, "packages")).map((name) => join(root, "packages", name, "README.md"))

export interface Page {
  readonly path: string
  /** From the root of the repository. */
  readonly name: string
  readonly text: string
}

export const pages: ReadonlyArray<Page> = [
  join(root, "README.md"),
  join(root, "CONTRIBUTING.md"),
  ...packages,
  ...below(join(root, "docs"))
].map((path) => ({ path, name: relative(root, path), text: readFileSync(path, "utf8") }))

export interface Block {
  readonly page: string
  /** Empty where a page says none. */
  readonly language: string
  readonly text: string
  readonly firstLine: string
}

const blocksOf = ({ name, text }: Page): ReadonlyArray<Block> =>
  [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, language = "", block = ""]) => ({
    page: name,
    language,
    text: block,
    firstLine: block.split("\n").find((line) => line.trim() !== "")?.trim() ?? ""
  }))

export const blocks: ReadonlyArray<Block> = pages.flatMap(blocksOf)

/** All blocks of some languages. */
export const blocksIn = (...languages: ReadonlyArray<string>): ReadonlyArray<Block> =>
  blocks.filter(({ language }) => languages.includes(language))

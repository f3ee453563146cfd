/** Prints, as JSON, the URL of every module that Node loads for the import of its argument. */
import { registerHooks } from "node:module"

const loaded = []
registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
await import(process.argv[2])
console.log(JSON.stringify(loaded))

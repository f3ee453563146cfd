#!/usr/bin/env node
/** What `piopiy-sim` starts: the command line, with its modules compiled once and kept for the next start. */
import { enableCompileCache } from "node:module"

enableCompileCache()
await import("./main.ts")

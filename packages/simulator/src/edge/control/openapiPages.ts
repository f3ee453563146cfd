/** The pages about the APIs. What they are made of is loaded when one is asked for, so that starting takes no longer. */
import * as Effect from "effect/Effect"
import type { Page } from "./page.ts"

/**
 * @category pages
 * @since 0.1.0
 */
export const pages: ReadonlyArray<Page> = [
  {
    name: "openapi",
    method: "GET",
    path: "/openapi.json",
    answer: (visit) => Effect.flatMap(Effect.promise(() => import("./openapi.ts")), ({ page }) => page(visit))
  },
  {
    name: "control",
    method: "GET",
    path: "/control/openapi.json",
    answer: (visit) => Effect.flatMap(Effect.promise(() => import("./api/document.ts")), ({ page }) => page(visit))
  },
  {
    name: "docs",
    method: "GET",
    path: "/docs",
    answer: (visit) => Effect.flatMap(Effect.promise(() => import("./docsPage.ts")), ({ page }) => page(visit))
  }
]

export {
  /**
   * Lets time pass.
   *
   * @category testing
   * @since 0.1.0
   */
  advance
} from "./advance.ts"
export * from "./InProcess.ts"
export * as Platform from "./Platform.ts"

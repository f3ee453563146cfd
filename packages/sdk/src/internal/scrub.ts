/** Texts of unknown origin, made fit for errors and logs. */

const maximumLength = 500

const uuidOrDigits = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\+?\d(?:[\s().-]{0,2}\d){6,}/gi

/** Without the token, without what may be a phone number, and of bounded length. Ids stay. */
export const scrub = (text: string, token: string): string => {
  const bounded = text.slice(0, maximumLength * 2)
  const clean = (token === "" ? bounded : bounded.replaceAll(token, "[token]"))
    .replace(/\bBearer\s+\S+/gi, "Bearer [token]")
    .replace(uuidOrDigits, (found) => (/^[0-9a-f]{8}-/i.test(found) ? found : "[number]"))
  return clean.length > maximumLength ? `${clean.slice(0, maximumLength)}...` : clean
}

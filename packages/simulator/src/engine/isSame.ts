/** Whether a secret was guessed, found out in a time that tells nothing about it. */

/**
 * Compares in a time that tells nothing about `secret` but its length.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isSame = (given: string, secret: string): boolean => {
  let difference = given.length ^ secret.length
  for (let index = 0; index < secret.length; index++) difference |= given.charCodeAt(index) ^ secret.charCodeAt(index)
  return difference === 0
}

/** Why there is no such tenant, or no more of them. */
import * as Data from "effect/Data"

/**
 * Why there is no such tenant. `TooMany`: the bound on tenants that are created at run time is reached. `NameTaken`,
 * `TokenTaken`, `AppIdTaken`, `UserTaken`: another tenant has it. `NoSuchTenant`: nobody has this name.
 *
 * @category errors
 * @since 0.1.0
 */
export class TenantRefused extends Data.TaggedError("TenantRefused")<{
  readonly why: "TooMany" | "NameTaken" | "TokenTaken" | "AppIdTaken" | "UserTaken" | "NoSuchTenant"
  readonly name: string
}> {
  override get message(): string {
    return `${this.name}: ${whys[this.why]}`
  }
}

const whys: Readonly<Record<TenantRefused["why"], string>> = {
  TooMany: "too many tenants: remove some, or wait until idle ones expire",
  NameTaken: "another tenant has this name",
  TokenTaken: "another tenant has this token",
  AppIdTaken: "another tenant has this app id",
  UserTaken: "another tenant has a user of this id",
  NoSuchTenant: "no tenant has this name"
}

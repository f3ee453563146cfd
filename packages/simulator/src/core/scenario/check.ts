/** What is wrong with a scenario although each of its parts is as it should be. */
import * as Predicate from "effect/Predicate"
import type { Party, Sound } from "./Party.ts"
import { appHost, type Scenario } from "./Scenario.ts"
import { type CallName, callOf, defaultLongestMs, nameOf, type Step } from "./Step.ts"

/**
 * One thing wrong, by its path.
 *
 * @category models
 * @since 0.1.0
 */
export interface Problem {
  readonly path: string
  readonly message: string
}

/**
 * A scenario with what its configuration says of people, files and URLs.
 *
 * @category models
 * @since 0.1.0
 */
export interface Checked extends Scenario {
  readonly config?: {
    readonly people?: Readonly<Record<string, Party>>
    readonly files?: Readonly<Record<string, number>>
    readonly accounts?: unknown
  }
}

type Problems = ReadonlyArray<Problem>

const isDigits = (text: string): boolean => /^\+?\d+$/.test(text)

const quoted = (names: Iterable<string>): string => {
  const all = Array.from(names, (name) => JSON.stringify(name))
  return all.length === 0 ? "no step names one" : `there ${all.length === 1 ? "is" : "are"} ${all.join(", ")}`
}

const names = (steps: ReadonlyArray<Step>): Problems => {
  const taken = new Set<string>()
  return steps.flatMap((step, index) => {
    const name = nameOf(step)
    if (name === undefined) return []
    const path = `steps[${index}].do.as`
    if (isDigits(name)) return [{ path, message: "expected a name, not digits, which mean a number" }]
    if (taken.has(name)) return [{ path, message: `is another call's name already: ${JSON.stringify(name)}` }]
    taken.add(name)
    return []
  })
}

/** Names that steps before this one give. */
const namedBefore = (steps: ReadonlyArray<Step>, index: number): ReadonlySet<string> =>
  new Set(steps.slice(0, index).flatMap((step) => nameOf(step) ?? []))

const known = (call: CallName | undefined, named: ReadonlySet<string>, path: string): Problems =>
  typeof call !== "string" || named.has(call)
    ? []
    : [{ path, message: `no earlier step names a call ${JSON.stringify(call)}: ${quoted(named)}` }]

const references = (steps: ReadonlyArray<Step>): Problems =>
  steps.flatMap((step, index) => {
    const named = namedBefore(steps, index)
    return [
      ...known(step.when?.call, named, `steps[${index}].when.call`),
      ...known(callOf(step), named, `steps[${index}].do.call`)
    ]
  })

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const expectations = ({ expect = [], steps }: Scenario): Problems => {
  const named = namedBefore(steps, steps.length)
  return expect.flatMap(({ call }, index) =>
    typeof call !== "string" || named.has(call) || isDigits(call) || uuid.test(call)
      ? []
      : [{ path: `expect[${index}].call`, message: `no step names a call ${JSON.stringify(call)}: ${quoted(named)}` }]
  )
}

const limitOf = ({ lastsMs }: Scenario) => ({
  ms: lastsMs ?? defaultLongestMs,
  why: lastsMs === undefined
    ? `a run lasts ${defaultLongestMs} ms at most, unless lastsMs says more`
    : `lastsMs is ${lastsMs}`
})

const times = (scenario: Scenario): Problems => {
  const { ms, why } = limitOf(scenario)
  return scenario.steps.flatMap(({ atMs, when }, index) => {
    const path = `steps[${index}]`
    if (atMs !== undefined && when !== undefined) return [{ path, message: "expected atMs or when, not both" }]
    if (atMs === undefined && when === undefined) {
      return [{ path, message: "expected atMs or when: it would never be done" }]
    }
    if (atMs !== undefined && atMs > ms) return [{ path: `${path}.atMs`, message: `comes after the end: ${why}` }]
    return when?.afterMs !== undefined && when.afterMs > ms
      ? [{ path: `${path}.when.afterMs`, message: `comes after the end: ${why}` }]
      : []
  })
}

const windows = (scenario: Scenario): Problems => {
  const { ms, why } = limitOf(scenario)
  return (scenario.expect ?? []).flatMap(({ betweenMs, withinMs }, index) => {
    const path = `expect[${index}]`
    if (betweenMs !== undefined && withinMs !== undefined) {
      return [{ path, message: "expected withinMs or betweenMs, not both" }]
    }
    if (betweenMs === undefined) return []
    const [fromMs, toMs] = betweenMs
    if (toMs < fromMs) {
      return [{ path: `${path}.betweenMs`, message: `never comes: it ends at ${toMs} and begins at ${fromMs}` }]
    }
    return fromMs > ms ? [{ path: `${path}.betweenMs`, message: `comes after the end: ${why}` }] : []
  })
}

interface Heard {
  readonly voice: Sound
  readonly path: string
}

const spokenBy = ({ speaks = [] }: Party, path: string): ReadonlyArray<Heard> =>
  speaks.map(({ voice }, index) => ({ voice, path: `${path}.speaks[${index}].voice` }))

const sounds = ({ config = {}, steps }: Checked): ReadonlyArray<Heard> => [
  ...Object.entries(config.people ?? {}).flatMap(([number, party]) =>
    spokenBy(party, `config.people[${JSON.stringify(number)}]`)
  ),
  ...steps.flatMap(({ do: act }, index) => {
    const path = `steps[${index}].do`
    if (act._tag === "Say") return [{ voice: act.voice, path: `${path}.voice` }]
    return act._tag === "Script" ? spokenBy(act.party, `${path}.party`) : []
  })
]

/** A file that a person plays has to be there; of one that the platform plays, the length is assumed. */
const files = (scenario: Checked): Problems =>
  sounds(scenario).flatMap(({ path, voice }) =>
    voice._tag !== "File" || Object.hasOwn(scenario.config?.files ?? {}, voice.name)
      ? []
      : [{
        path: `${path}.name`,
        message: `no such audio: ${JSON.stringify(voice.name)}; say in config.files how long it is, in milliseconds`
      }]
  )

const app = ({ app }: Scenario): Problems => {
  if (app === undefined) return []
  const { command, env, ready, url } = app
  if ((url === undefined) === (command === undefined)) {
    return [{ path: "app", message: "expected either url, where the app runs, or command, which starts it" }]
  }
  return url !== undefined && (env !== undefined || ready !== undefined)
    ? [{ path: "app", message: "ready and env are for a command: the app at url runs already" }]
    : []
}

/** Where texts of JSON stand that lead to the app. */
const leadingToApp = (json: unknown, path: string): ReadonlyArray<string> => {
  if (typeof json === "string") return new RegExp(`^(https?|wss?)://${appHost}([:/?#]|$)`, "i").test(json) ? [path] : []
  if (Array.isArray(json)) return json.flatMap((one, index) => leadingToApp(one, `${path}[${index}]`))
  return Predicate.isObject(json)
    ? Object.entries(json).flatMap(([key, one]) => leadingToApp(one, path === "" ? key : `${path}.${key}`))
    : []
}

/** What leads to an app that nobody named. */
const nobody = ({ app, config, steps }: Checked): Problems =>
  app !== undefined ? [] : [
    ...leadingToApp(config, "config"),
    ...steps.flatMap((step, index) => leadingToApp(step, `steps[${index}]`))
  ].map((path) => ({
    path,
    message: `${appHost} is the app of the scenario, which has none: give app.url or app.command`
  }))

/**
 * All problems of a scenario that its schema does not see: times after the end, names that nobody gives, audio that is not
 * there, an app that is none. With `inProcess` the app under test needs no mention.
 *
 * @category checking
 * @since 0.1.0
 */
export const problems = (scenario: Checked, { inProcess = false }: { readonly inProcess?: boolean } = {}): Problems => [
  ...app(scenario),
  ...(inProcess ? [] : nobody(scenario)),
  ...names(scenario.steps),
  ...references(scenario.steps),
  ...times(scenario),
  ...files(scenario),
  ...expectations(scenario),
  ...windows(scenario)
]

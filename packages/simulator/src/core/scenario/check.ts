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

/** How many names a message lists. */
const listed = 10

const quoted = (names: ReadonlyMap<string, number>): string => {
  const all = Array.from(names.keys(), (name) => JSON.stringify(name))
  if (all.length === 0) return "no step names one"
  const more = all.length > listed ? ` and ${all.length - listed} more` : ""
  return `there ${all.length === 1 ? "is" : "are"} ${all.slice(0, listed).join(", ")}${more}`
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

/** The names that steps give, and the place of the first step that does. */
const namesOf = (steps: ReadonlyArray<Step>): ReadonlyMap<string, number> =>
  new Map(steps.flatMap((step, index) => {
    const name = nameOf(step)
    return name === undefined ? [] : [[name, index] as const]
  }))

const references = (steps: ReadonlyArray<Step>): Problems => {
  const named = namesOf(steps)
  /** Of a call that an earlier step names, or that is meant by its place, there is nothing to be said. */
  const unknown = (call: CallName | undefined, index: number, path: string): Problems => {
    if (typeof call !== "string") return []
    const namedAt = named.get(call)
    if (namedAt !== undefined && namedAt < index) return []
    const message = namedAt === undefined
      ? `no step names a call ${JSON.stringify(call)}: ${quoted(named)}`
      : `steps[${namedAt}] names the call ${JSON.stringify(call)}, and comes later in the file: move it up`
    return [{ path, message }]
  }
  return steps.flatMap((step, index) => [
    ...unknown(step.when?.call, index, `steps[${index}].when.call`),
    ...unknown(callOf(step), index, `steps[${index}].do.call`)
  ])
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const expectations = ({ expect = [], steps }: Scenario): Problems => {
  const named = namesOf(steps)
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

const heard = ({ config = {}, steps }: Checked): ReadonlyArray<Heard> => [
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
const files = (scenario: Checked, sounds: ReadonlySet<string> | undefined): Problems => {
  const there = sounds ?? new Set(Object.keys(scenario.config?.files ?? {}))
  const mend = sounds === undefined
    ? "say in config.files how long it is, in milliseconds"
    : "it is not among the sounds that were given"
  return heard(scenario).flatMap(({ path, voice }) =>
    voice._tag !== "File" || there.has(voice.name)
      ? []
      : [{ path: `${path}.name`, message: `no such audio: ${JSON.stringify(voice.name)}; ${mend}` }]
  )
}

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
 * Where a scenario is to run. With `inProcess`, URLs may lead to an app that it does not name; `sounds` are the names of the
 * audio files that are there, where real ones were given.
 *
 * @category models
 * @since 0.1.0
 */
export interface Place {
  readonly inProcess?: boolean
  readonly sounds?: ReadonlySet<string>
}

/**
 * All problems of a scenario that its schema does not see: times after the end, names that nobody gives, audio that is not
 * there, an app that is none.
 *
 * @category checking
 * @since 0.1.0
 */
export const problems = (scenario: Checked, { inProcess = false, sounds }: Place = {}): Problems => [
  ...app(scenario),
  ...(inProcess ? [] : nobody(scenario)),
  ...names(scenario.steps),
  ...references(scenario.steps),
  ...times(scenario),
  ...files(scenario, sounds),
  ...expectations(scenario),
  ...windows(scenario)
]

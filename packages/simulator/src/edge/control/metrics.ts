/**
 * `/_sim/metrics`: tenants in numbers, in the text format of Prometheus 0.0.4. What has happened is counted from the
 * journal, evicted entries among it.
 */
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Tally from "../../engine/Tally.ts"
import type { Tenant } from "../../engine/Tenants.ts"
import type { Visit } from "./page.ts"

const contentType = "text/plain; version=0.0.4; charset=utf-8"

interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

interface Metric {
  readonly name: string
  readonly type: "counter" | "gauge"
  readonly help: string
  readonly samples: (tenant: Tenant) => Effect.Effect<ReadonlyArray<Sample>>
}

const counter = (name: string, family: Tally.Family, help: string): Metric => ({
  name,
  type: "counter",
  help,
  samples: ({ journal }) =>
    Effect.sync(() =>
      journal.counts(family).map(({ labels, value }) => ({
        labels: Object.fromEntries(Tally.families[family].map((label, index) => [label, labels[index] ?? ""])),
        value
      }))
    )
})

const gauge = (name: string, help: string, value: (tenant: Tenant) => Effect.Effect<number>): Metric => ({
  name,
  type: "gauge",
  help,
  samples: (tenant) => Effect.map(value(tenant), (value) => [{ labels: {}, value }])
})

const metrics: ReadonlyArray<Metric> = [
  gauge("calls_live", "Calls in progress.", ({ switchboard }) => Effect.map(switchboard.live, (live) => live.length)),
  counter("calls_ended_total", "ended", "Calls that have ended, by disposition."),
  counter("requests_total", "requests", "Requests of the emulated API with known credentials."),
  counter("requests_refused_total", "refusals", "Those of them that were refused, by class of status."),
  counter("webhooks_total", "webhooks", "Webhooks, by what came of them."),
  counter("faults_total", "faults", "Faults that were asked for and befell something."),
  counter("journal_entries_total", "entries", "Journal entries written."),
  gauge("journal_entries", "Journal entries in memory.", ({ journal }) => Effect.sync(journal.size)),
  gauge("journal_followers", "Who follows the journal now.", ({ journal }) => Effect.sync(journal.followers)),
  gauge(
    "requests_hanging",
    "Requests that a fault leaves without an answer.",
    ({ faults }) => Effect.sync(faults.hanging)
  ),
  gauge("timers_pending", "Timers that are armed.", ({ timeline }) => Effect.sync(timeline.pending))
]

const escaped = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll("\"", "\\\"").replaceAll("\n", "\\n")

const line = (name: string, tenant: string, { labels, value }: Sample): string => {
  const pairs = Object.entries({ tenant, ...labels }).map(([label, text]) => `${label}="${escaped(text)}"`)
  return `${name}{${pairs.join(",")}} ${value}\n`
}

const exposed = Effect.fnUntraced(function*({ help, name, samples, type }: Metric, tenants: ReadonlyArray<Tenant>) {
  const full = `piopiy_sim_${name}`
  const lines = yield* Effect.forEach(
    tenants,
    (tenant) => Effect.map(samples(tenant), (found) => found.map((sample) => line(full, tenant.name, sample)).join(""))
  )
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${lines.join("")}`
})

/**
 * The numbers of all tenants that the request may see, each under its name.
 *
 * @category pages
 * @since 0.1.0
 */
export const page = ({ tenants }: Visit): Effect.Effect<HttpServerResponse.HttpServerResponse> =>
  Effect.map(
    Effect.forEach(metrics, (metric) => exposed(metric, tenants)),
    (parts) => HttpServerResponse.text(parts.join(""), { contentType })
  )

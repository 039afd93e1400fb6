/**
 * Numbers about the running server in Prometheus' text format: durations by route pattern, requests in flight, the
 * process, and whatever other parts of the house register. Invariant: labels come from code, never from requests.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Exchange } from './exchange.ts';
import type { Log } from './log.ts';
import { within } from './within.ts';

/** A gauge that is read when it is asked for; one number, or one for each value of a label. */
export interface GaugeSource {
  readonly name: string;
  readonly help: string;
  /** The label's name where `read` gives several numbers; of more than 20,000 the first are shown, and it is logged. */
  readonly label?: string;
  readonly read: () => number | ReadonlyMap<string, number> | Promise<number | ReadonlyMap<string, number>>;
}

/** Counts events. */
export interface Count {
  readonly add: (by?: number) => void;
}

const READ_MS_MAX = 1000;
// a country of 1,800 municipalities has some 11,000 links; what a scraper is given stays bounded all the same
const LABEL_VALUES_MAX = 20_000;
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The numbers of one server. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #log: Log;
  readonly #durations: Histogram<'method' | 'route' | 'status'>;
  readonly #children = new Map<string, { observe(seconds: number): void }>();
  readonly #refused: Counter<'reason'>;

  constructor(log: Log, inFlight: () => number) {
    this.#log = log;
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#durations = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the request to the end of its response',
      labelNames: ['method', 'route', 'status'],
      buckets: DURATION_BUCKETS,
      registers,
    });
    this.#refused = new Counter({
      name: 'http_requests_refused_total',
      help: 'Requests refused at the edge before any route',
      labelNames: ['reason'],
      registers,
    });
    this.gauge({
      name: 'http_requests_in_flight',
      help: 'Requests without a finished response',
      read: inFlight,
    });
  }

  /** Registers a gauge. One that cannot be read in a second has no number in that reading. */
  gauge(source: GaugeSource): void {
    const log = this.#log;
    const gauge = new Gauge({
      name: source.name,
      help: source.help,
      labelNames: source.label === undefined ? [] : [source.label],
      registers: [],
      async collect() {
        this.reset();
        try {
          const read = await within(READ_MS_MAX, async () => source.read());
          if (typeof read === 'number') this.set(read);
          else if (source.label !== undefined) setLabelled(this, source.label, read);
          if (typeof read !== 'number' && read.size > LABEL_VALUES_MAX)
            log.warn('gauge-cut', { gauge: source.name, values: read.size, shown: LABEL_VALUES_MAX });
        } catch (error) {
          if (source.label === undefined) this.set(Number.NaN); // not 0: nobody knows
          log.error('gauge-unreadable', { gauge: source.name }, error);
        }
      },
    });
    this.#registry.registerMetric(gauge);
  }

  /** Registers a counter. */
  counter(name: string, help: string): Count {
    const counter = new Counter({ name, help, registers: [this.#registry] });
    return { add: (by = 1) => counter.inc(by) };
  }

  /** Measures a finished exchange. */
  observe(method: string, exchange: Exchange, status: number, seconds: number): void {
    const key = `${method} ${status} ${exchange.route}`;
    let child = this.#children.get(key); // looking labels up in prom-client costs more than the observation
    if (!child) {
      child = this.#durations.labels({ method, route: exchange.route, status: String(status) });
      this.#children.set(key, child);
    }
    child.observe(seconds);
  }

  /** Counts a request that the edge refused. */
  refuse(reason: string): void {
    this.#refused.inc({ reason });
  }

  /** The text that is scraped. */
  async text(): Promise<{ readonly mediaType: string; readonly body: string }> {
    return { mediaType: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  /** Forgets everything; the server is closed. */
  close(): void {
    this.#registry.clear();
  }
}

function setLabelled(gauge: Gauge, label: string, numbers: ReadonlyMap<string, number>): void {
  let left = LABEL_VALUES_MAX;
  for (const [value, number] of numbers) {
    if (left-- === 0) return;
    gauge.set({ [label]: value }, number);
  }
}

/**
 * The network of the year: it loses, repeats, delays (seconds, hours, days) and thereby reorders envelopes and answers;
 * sites and single links are cut for hours and days. What it has taken arrives even when the sender has died. All by seed.
 */
import type { Envelope, Transport } from '@ishizue/link';
import { fail } from '@ishizue/outcome';
import type { Chance } from '../chance.ts';
import type { Sleeper, VirtualTime } from '../virtual-time.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './calendar.ts';

type Answer = Awaited<ReturnType<Transport['deliver']>>;

const TIMEOUT_MS = 5 * MINUTE_MS;

export interface CountryNetworkOptions {
  readonly time: VirtualTime;
  readonly chance: Chance;
  /** Hands an envelope to its site; the name identifies the arrival. */
  readonly arrive: (toSite: string, envelope: Envelope, name: string) => Promise<Answer>;
}

export class CountryNetwork {
  readonly #options: CountryNetworkOptions;
  readonly #attempts = new Map<string, number>();
  readonly #cut = new Map<string, number>();
  readonly counts = {
    envelopes: 0,
    lost: 0,
    repeated: 0,
    'late by days': 0,
    'answers lost': 0,
    'cut off': 0,
  };
  /** Whether anything goes wrong at all. */
  isCalm = true;

  constructor(options: CountryNetworkOptions) {
    this.#options = options;
  }

  /** Cuts a site or a link off until a virtual instant. */
  cut(siteOrLink: string, until_ms: number): void {
    this.#cut.set(siteOrLink, Math.max(until_ms, this.#cut.get(siteOrLink) ?? 0));
  }

  /** Whether a site or a link is cut off now. */
  isCut(siteOrLink: string): boolean {
    return !this.isCalm && (this.#cut.get(siteOrLink) ?? 0) > this.#options.time.now();
  }

  /** The transport of one dispatcher; it hears nothing more once it is dead. */
  transportFor(sleeper: Sleeper): Transport {
    return {
      deliver: async (toSite, envelope) => {
        const answer = await this.#carry(toSite, envelope);
        return sleeper.isDead ? new Promise<never>(() => undefined) : answer;
      },
    };
  }

  #isWayCut(link: string, toSite: string): boolean {
    const [from = ''] = link.split('>');
    return [link, from, toSite].some((name) => this.isCut(name));
  }

  #carry(toSite: string, envelope: Envelope): Promise<Answer> {
    const { time, chance } = this.#options;
    const { link, first } = JSON.parse(envelope.header) as { link: string; first: number };
    const attempt = (this.#attempts.get(`${link} ${first}`) ?? 0) + 1;
    this.#attempts.set(`${link} ${first}`, attempt);
    const name = `${link} ${first} #${attempt}`;
    const isBad = (what: string, probability: number): boolean =>
      !this.isCalm && chance.happens(`${what} ${name}`, probability);
    this.counts.envelopes++;
    return new Promise((settle) => {
      const timeOut = time.plan(TIMEOUT_MS, `time-out ${name}`, () =>
        settle(fail('transport-timeout', 'no answer')),
      );
      const answer = (what: Answer): void => {
        timeOut();
        settle(what);
      };
      if (this.#isWayCut(link, toSite)) {
        this.counts['cut off']++;
        time.plan(100, `refusal ${name}`, () => answer(fail('transport-failed', 'cut off')));
        return;
      }
      const arriveLater = (copy: string): void => {
        time.plan(this.#delayOf(copy, name), `arrival ${copy} ${name}`, async () => {
          // what is on its way to a site that was cut off meanwhile is lost; the sender says it again
          if (this.#isWayCut(link, toSite)) return;
          const said = await this.#options.arrive(toSite, envelope, `${copy} ${name}`);
          if (isBad(`answer lost ${copy}`, 0.04)) this.counts['answers lost']++;
          else
            time.plan(this.#delayOf(`answer to ${copy}`, name), `answer ${copy} ${name}`, () => answer(said));
        });
      };
      if (isBad('lost', 0.05)) this.counts.lost++;
      else arriveLater('once');
      if (isBad('repeated', 0.06)) {
        this.counts.repeated++;
        arriveLater('again');
      }
    });
  }

  /** Seconds; where the seed says so, hours or days. */
  #delayOf(what: string, name: string): number {
    const { chance } = this.#options;
    const draw = chance.at(`delay ${what} ${name}`);
    if (this.isCalm) return 100 + draw * 1000;
    if (chance.happens(`days ${what} ${name}`, 0.01)) {
      this.counts['late by days']++;
      return HOUR_MS + draw * 3 * DAY_MS;
    }
    return 100 + draw * (chance.happens(`late ${what} ${name}`, 0.1) ? 2 * HOUR_MS : 20_000);
  }
}

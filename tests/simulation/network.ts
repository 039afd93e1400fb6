/**
 * A network that refuses, loses, repeats, delays and thereby reorders envelopes and answers, as the seed says. What it has taken
 * arrives even when the sender has died; who waits for an answer that was lost learns it by a time-out.
 */
import type { Envelope, Transport } from '@ishizue/link';
import { fail, type Result } from '@ishizue/outcome';
import type { Chance } from './chance.ts';
import type { Sleeper, VirtualTime } from './virtual-time.ts';

type Answer = Awaited<ReturnType<Transport['deliver']>>;

const TIMEOUT_MS = 5000;

export interface NetworkOptions {
  readonly time: VirtualTime;
  readonly chance: Chance;
  /** Hands an envelope to its site; the name identifies the arrival. */
  readonly arrive: (toSite: string, envelope: Envelope, name: string) => Promise<Answer>;
}

export class Network {
  readonly #options: NetworkOptions;
  readonly #attempts = new Map<string, number>();
  readonly counts = { envelopes: 0, refused: 0, lost: 0, repeated: 0, timeouts: 0 };
  /** How much goes wrong, from 0 to 1. */
  weather = 1;

  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  /** The transport of one dispatcher; it hears nothing more once it is dead. */
  transportFor(sleeper: Sleeper, beforeDelivery: (envelope: Envelope) => Promise<Envelope>): Transport {
    return {
      deliver: async (toSite, envelope) => {
        const answer = await this.#carry(toSite, await beforeDelivery(envelope));
        return sleeper.isDead ? new Promise<never>(() => undefined) : answer;
      },
    };
  }

  #carry(toSite: string, envelope: Envelope): Promise<Answer> {
    const { time, chance } = this.#options;
    const { link, first } = JSON.parse(envelope.header) as { link: string; first: number };
    const attempt = (this.#attempts.get(`${link} ${first}`) ?? 0) + 1;
    this.#attempts.set(`${link} ${first}`, attempt);
    const name = `${link} ${first} #${attempt}`;
    const isBad = (what: string, probability: number): boolean =>
      chance.happens(`${what} ${name}`, probability * this.weather);
    const delay = (what: string): number =>
      1 + chance.at(`${what} ${name}`) * (isBad(`late ${what}`, 0.4) ? 4000 : 60);
    this.counts.envelopes++;
    return new Promise((settle) => {
      let isSettled = false;
      const resolve = (answer: Answer): void => {
        isSettled = true;
        settle(answer);
      };
      const answerLater = (answer: Result<never> | Answer, what: string): void => {
        if (!isBad(`answer lost ${what}`, 0.2))
          time.plan(delay(what), `answer ${what} ${name}`, () => resolve(answer));
      };
      const arriveLater = (copy: string): void => {
        time.plan(delay(copy), `arrival ${copy} ${name}`, async () =>
          answerLater(await this.#options.arrive(toSite, envelope, `${copy} ${name}`), `to ${copy}`),
        );
      };
      if (isBad('refused', 0.15)) {
        this.counts.refused++;
        time.plan(1, `refusal ${name}`, () => resolve(fail('transport-failed', 'refused')));
        return;
      }
      if (isBad('lost', 0.2)) this.counts.lost++;
      else arriveLater('once');
      if (isBad('repeated', 0.2)) {
        this.counts.repeated++;
        arriveLater('again');
      }
      time.plan(TIMEOUT_MS, `time-out ${name}`, () => {
        if (!isSettled) this.counts.timeouts++;
        resolve(fail('transport-timeout', 'no answer'));
      });
    });
  }
}

/**
 * Loading an application onto a card (domain rules 9), in steps of which each may be done again: consent; the card’s authenticity;
 * room; install; personalise; read back; receipt. Whoever is killed at any point leaves a loading that the same request
 * completes, with the card in a reader again. Flow: docs/flows/card-applications.md.
 */
import type { AuthenticateFailure, HolderChallenge } from '@ishizue/jpki';
import { ok, type Result } from '@ishizue/outcome';
import type { Access } from '@ishizue/registry';
import type { CardApplicationsContext } from '../card-applications-context.ts';
import type { CardInReader, ChannelFailure } from '../channel/host-channel.ts';
import { type BeginFailure, beginLoading, type LoadingWish } from './begin-loading.ts';
import { install, openApplication, openFreeArea, personalise, verifyContents } from './card-acts.ts';
import type { LoadingContents } from './loading-contents.ts';
import { advance, type Loading, recordRefusal } from './loading-store.ts';

export interface LoadingOrder extends LoadingWish {
  /** A challenge of the centre, signed by the card. */
  readonly consent: HolderChallenge;
}

export type CardStepFailure = ChannelFailure | 'capacity-short' | 'already-on-card' | 'read-back-differs';
export type LoadFailure = AuthenticateFailure | BeginFailure | CardStepFailure;

/** What holder and owner are given; it can be asked for again. */
export interface LoadingReceipt {
  readonly loadingId: string;
  readonly aid: string;
  readonly version: number;
  /** As the owner knows the card, hexadecimal. */
  readonly cardHash: string;
  /** Of what was read back, hexadecimal. */
  readonly contentsDigest: string;
  readonly loadedAt: number;
}

export async function loadApplication(
  context: CardApplicationsContext,
  access: Access,
  order: LoadingOrder,
  card: CardInReader,
): Promise<Result<LoadingReceipt, LoadFailure>> {
  const holder = await context.authenticateHolder(access, order.consent);
  if (!holder.ok) return holder;
  const begun = await beginLoading(context, access, holder.value, order);
  if (!begun.ok) return begun;
  if (begun.value.state === 'loaded') return ok(receiptOf(begun.value));
  const { residentCode } = holder.value;
  const steps = new CardSteps(context, access, begun.value, residentCode);
  const done = await steps.run(order.contents, card);
  if (done.ok) return ok(receiptOf(done.value));
  await recordRefusal(context, access, {
    residentCode,
    aid: order.aid,
    act: 'load',
    result: done.failure.code,
  });
  return done;
}

/** The steps at the card, of one loading. */
class CardSteps {
  readonly #context: CardApplicationsContext;
  readonly #access: Access;
  readonly #residentCode: string;
  #loading: Loading;

  constructor(context: CardApplicationsContext, access: Access, loading: Loading, residentCode: string) {
    this.#context = context;
    this.#access = access;
    this.#loading = loading;
    this.#residentCode = residentCode;
  }

  async run(contents: LoadingContents, card: CardInReader): Promise<Result<Loading, CardStepFailure>> {
    const context = this.#context;
    const freeArea = await openFreeArea(context, card, this.#loading.cardId);
    if (!freeArea.ok) return freeArea;
    await this.#reach('authentic');
    const installed = await install(context, freeArea.value, this.#loading);
    if (!installed.ok) {
      // nothing of it is on the card, and no later try would have more room unless somebody deletes
      if (installed.failure.code === 'capacity-short') await this.#reach('refused', 'capacity-short');
      return installed;
    }
    await this.#reach('installed');
    const application = await openApplication(context, card, this.#loading);
    if (!application.ok) return application;
    const personalised = await personalise(application.value, contents);
    if (!personalised.ok) return personalised;
    await this.#reach('personalised');
    const reader = await openApplication(context, card, this.#loading);
    if (!reader.ok) return reader;
    const verified = await verifyContents(reader.value, contents);
    if (!verified.ok) return verified;
    await this.#reach('loaded');
    return ok(this.#loading);
  }

  async #reach(state: Loading['state'], result?: string): Promise<void> {
    this.#loading = await advance(
      this.#context,
      this.#access,
      this.#loading,
      this.#residentCode,
      state,
      result,
    );
  }
}

const receiptOf = (loading: Loading): LoadingReceipt => ({
  loadingId: loading.loadingId,
  aid: loading.aid,
  version: loading.version,
  cardHash: loading.cardHash.toString('hex'),
  contentsDigest: loading.contentsDigest.toString('hex'),
  loadedAt: loading.changedAt,
});

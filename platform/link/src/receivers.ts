/**
 * The receiving side of a process: the systems registered at its sites, `receive` for what comes over a transport, and
 * the decisions on tickets. Everything that arrives is unproved until its signature is found right.
 */
import type { Clock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import { isTransient, nameOf } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Acknowledgement, signAcknowledgement } from './acknowledgement.ts';
import { type EnvelopeCode, type ReadEnvelope, readEnvelope, readMessages } from './envelope.ts';
import type { Registration } from './handler.ts';
import { type KeyTrust, trustPinned } from './key-trust.ts';
import { KnownLinks } from './known-links.ts';
import { isSystemName, type LinkName } from './link-name.ts';
import { type ReceiptOutcome, receiveMessages } from './receipt.ts';
import { isSignedBy, type Signing } from './signature.ts';
import { decideTicket, type TicketCode, type TicketOrder, type TicketOutcome } from './tickets.ts';
import { Turns } from './turns.ts';

/**
 * Why an envelope is not acknowledged. `receiver-busy` and the `…-unavailable` pass by themselves; the others stay
 * until somebody changes something, and the sender shows them as the link's last error.
 */
export type ReceiveCode =
  | EnvelopeCode
  | 'link-unknown' // not open here, its site or its system is not served by this process
  | 'key-unknown' // signed with a key that is not the site's, or not proved, or no longer accepted
  | 'signature-wrong'
  | 'receiver-busy'
  | 'receiver-unavailable' // the database did not carry the transaction through
  | 'signing-unavailable'; // received, but not acknowledged: the signer did not answer

const RETRIED_AT_ONCE_MAX = 100;

export interface ReceiversOptions {
  /** The pool of `ishizue_link`. */
  readonly sql: Sql;
  /** The sites whose links this process receives. */
  readonly sites: readonly string[];
  readonly signing: Signing;
  readonly clock: Clock;
  /** Which keys of the directory are believed; all where absent. */
  readonly trusts?: KeyTrust;
  /** Called after a commit that sent messages on: wakes the dispatcher. */
  readonly onSent?: () => void;
}

export class Receivers {
  readonly #options: ReceiversOptions;
  readonly #sites: ReadonlySet<string>;
  readonly #registrations = new Map<string, Registration>();
  readonly #links: KnownLinks;
  readonly #turns = new Turns();

  constructor(options: ReceiversOptions) {
    this.#options = options;
    this.#sites = new Set(options.sites);
    this.#links = new KnownLinks(options.sql, options.trusts ?? trustPinned);
  }

  /** Registers a system, once. */
  register(registration: Registration): void {
    const { system } = registration;
    if (!isSystemName(system)) throw new Error(`not a system: ${system}`);
    if (this.#registrations.has(system)) throw new Error(`${system} is registered already`);
    this.#registrations.set(system, registration);
  }

  /** Takes an envelope and answers with the signed acknowledgement. Taking it again changes nothing. */
  async receive(input: unknown): Promise<Result<Acknowledgement, ReceiveCode>> {
    const read = readEnvelope(input);
    if (!read.ok) return read;
    const { link, envelope } = read.value;
    let outcome: Result<ReceiptOutcome, ReceiveCode>;
    try {
      outcome = await this.#take(read.value);
    } catch (error) {
      if (isTransient(error)) return fail('receiver-unavailable', 'the transaction did not come through');
      throw error;
    }
    if (!outcome.ok) return outcome;
    if (outcome.value.hasSent) this.#options.onSent?.();
    try {
      const { signing } = this.#options;
      const { receipt, receiverKeyId } = outcome.value;
      return ok(await signAcknowledgement(signing, link, envelope.header, receipt, receiverKeyId));
    } catch (error) {
      return fail('signing-unavailable', nameOf(error));
    }
  }

  async #take(read: ReadEnvelope): Promise<Result<ReceiptOutcome, ReceiveCode>> {
    const { header, link, envelope } = read;
    const registration = this.#registrationOf(link);
    const known = registration && (await this.#links.find(header.link, header.keyId));
    if (!registration || !known) return fail('link-unknown', `${header.link} does not end here`);
    if (!known.sender) return fail('key-unknown', `${link.from} has another key here`);
    if (!isSignedBy(known.sender.key, envelope.header, envelope.signature))
      return fail('signature-wrong', `not signed by ${link.from}`);
    const messages = readMessages(read);
    if (!messages.ok) return messages;
    const { clock } = this.#options;
    const order = {
      registration,
      link,
      linkId: known.id,
      senderKey: known.sender.raw,
      clock,
      messages: messages.value,
    };
    const turn = this.#turns.take(known.id, () => receiveMessages(order));
    if (!turn) return fail('receiver-busy', 'too many envelopes of this link wait');
    const outcome = await turn;
    if (!outcome.ok && outcome.failure.code === 'key-unknown') this.#links.forget(header.link);
    return outcome;
  }

  #registrationOf(link: LinkName): Registration | undefined {
    return this.#sites.has(link.to) ? this.#registrations.get(link.system) : undefined;
  }

  /** Applies a parked message again, after what was wrong is put right, and then what is held behind it. */
  retryTicket(ticketId: number): Promise<Result<TicketOutcome, TicketCode>> {
    return this.#decide(ticketId, { kind: 'retry' });
  }

  /**
   * Retries parked messages whose failure something on another link ends: the oldest of those codes behind the ticket
   * `after`, 100 at the most, each in a transaction of its own. What still fails keeps its ticket.
   * @returns how many are applied now, and the last ticket that was tried: where the next call goes on; 0 at the end
   */
  async retryWaiting(codes: readonly string[], after = 0): Promise<{ applied: number; last: number }> {
    const rows = await this.#options.sql<{ id: number }[]>`
      SELECT id FROM link.ticket
      WHERE closed_at IS NULL AND code = ANY(${[...codes]}) AND id > ${after} ORDER BY id LIMIT ${RETRIED_AT_ONCE_MAX}`;
    let applied = 0;
    for (const { id } of rows) {
      const outcome = await this.retryTicket(id);
      if (outcome.ok) applied += outcome.value.applied;
    }
    return { applied, last: rows.length < RETRIED_AT_ONCE_MAX ? 0 : (rows.at(-1)?.id ?? 0) };
  }

  /** Leaves a parked message out for good, for a reason that stays on the ticket, and applies what is held behind it. */
  dropTicket(ticketId: number, reason: string): Promise<Result<TicketOutcome, TicketCode>> {
    if (reason.trim() === '') throw new Error('a message is not dropped without a reason');
    return this.#decide(ticketId, { kind: 'drop', reason });
  }

  async #decide(ticketId: number, wish: TicketOrder['wish']): Promise<Result<TicketOutcome, TicketCode>> {
    const [row] = await this.#options.sql<(LinkName & { link_id: number })[]>`
      SELECT t.link_id, l.from_site AS "from", l.to_site AS "to", l.system
      FROM link.ticket t JOIN link.link l ON l.id = t.link_id WHERE t.id = ${ticketId}`;
    const registration = row && this.#registrationOf(row);
    if (!row || !registration) return fail('ticket-unknown', `no ticket ${ticketId} of a system served here`);
    const { clock } = this.#options;
    const link: LinkName = { from: row.from, to: row.to, system: row.system };
    const outcome = await decideTicket({ registration, link, linkId: row.link_id, ticketId, clock, wish });
    if (outcome.ok && outcome.value.hasSent) this.#options.onSent?.();
    return outcome;
  }
}

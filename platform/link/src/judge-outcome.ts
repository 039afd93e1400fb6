/**
 * What the answer to an envelope lets the sender do. Pure: signature, envelope and numbers are checked here, before
 * anything is deleted.
 */
import type { KeyObject } from 'node:crypto';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Acknowledgement, readAcknowledgement } from './acknowledgement.ts';
import type { Acknowledged } from './outbox.ts';
import type { SequenceRange } from './plan-receipt.ts';
import type { Delivery } from './sending-end.ts';
import { isSignedBy } from './signature.ts';
import { isCode } from './transport.ts';

/** What a transport brought back. */
export interface Outcome {
  readonly delivery: Delivery;
  readonly answer: Result<Acknowledgement>;
}

/** An outcome after its acknowledgement was checked. */
export interface Verdict {
  readonly delivery: Delivery;
  readonly verdict: Result<{
    readonly acknowledged: Acknowledged;
    readonly missing: readonly SequenceRange[];
  }>;
}

/** Checks an acknowledgement under the receiver's accepted keys. A receiver that has less than it once acknowledged has lost something. */
export function judge({ delivery, answer }: Outcome, receiverKeys: readonly KeyObject[]): Verdict {
  if (!answer.ok) {
    const code = isCode(answer.failure.code) ? answer.failure.code : 'transport-failed';
    return { delivery, verdict: fail(code, answer.failure.detail) };
  }
  const { link } = delivery.end;
  const read = readAcknowledgement(answer.value, link.name, delivery.envelopeHeader, (header, signature) =>
    receiverKeys.some((key) => isSignedBy(key, header, signature)),
  );
  if (!read.ok) return { delivery, verdict: read };
  const { receivedThrough, missing } = read.value;
  if (receivedThrough < delivery.ackedThrough)
    return { delivery, verdict: fail('acknowledgement-behind', 'the receiver lost what it once had') };
  const isMissing = (seq: number): boolean => missing.some(([first, last]) => first <= seq && seq <= last);
  const beyond = delivery.seqs.filter((seq) => seq > receivedThrough && !isMissing(seq));
  const acknowledged = { linkId: link.id, through: receivedThrough, beyond };
  return { delivery, verdict: ok({ acknowledged, missing }) };
}

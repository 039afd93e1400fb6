/**
 * The receiver's signed answer to an envelope, after its commit. The sender deletes nothing before it has found the
 * signature right and the digest that of its own envelope: an acknowledgement replayed or mixed up deletes nothing.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { z } from 'zod';
import { parseJson } from './envelope.ts';
import { formatLinkName, type LinkName } from './link-name.ts';
import type { SequenceRange } from './plan-receipt.ts';
import { type Signing, sha256Of } from './signature.ts';

/** What comes back over the wire, as JSON: the header's text and its signature in base64. */
export interface Acknowledgement {
  readonly header: string;
  readonly signature: string;
}

/** An acknowledgement's length as JSON at most. */
export const ACKNOWLEDGEMENT_WIRE_BYTES_MAX = 64 * 1024;
/** Missing ranges that one acknowledgement names at most; the next one names what is then missing. */
const MISSING_RANGES_MAX = 100;

const sequence = z.int().min(1);

const headerShape = z.strictObject({
  v: z.literal(1),
  kind: z.literal('acknowledgement'),
  link: z.string(),
  from: z.string(),
  receivedThrough: z.int().min(0),
  missing: z.array(z.tuple([sequence, sequence])).max(MISSING_RANGES_MAX),
  parked: z.array(sequence),
  envelopeSha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/**
 * What the receiver has. `receivedThrough`: it has every message up to this one. `missing`: gaps before what it has
 * beyond that. `parked`: messages of this envelope that it keeps under a ticket. `envelopeSha256` is of the header.
 */
export type AcknowledgementHeader = Readonly<z.infer<typeof headerShape>>;

/** What the receiver has of a link after an envelope. */
export interface Receipt {
  readonly receivedThrough: number;
  readonly missing: readonly SequenceRange[];
  readonly parked: readonly number[];
}

/** Makes and signs the acknowledgement of an envelope, as the site that received it, with its key of that id. */
export async function signAcknowledgement(
  signing: Signing,
  link: LinkName,
  envelopeHeader: string,
  receipt: Receipt,
  keyId: string,
): Promise<Acknowledgement> {
  const header: AcknowledgementHeader = {
    v: 1,
    kind: 'acknowledgement',
    link: formatLinkName(link),
    from: link.to,
    receivedThrough: receipt.receivedThrough,
    missing: receipt.missing.slice(0, MISSING_RANGES_MAX).map(([first, last]) => [first, last]),
    parked: [...receipt.parked],
    envelopeSha256: sha256Of(envelopeHeader),
  };
  const text = JSON.stringify(header);
  const signature = await signing.signAcknowledgement(link.to, text, keyId);
  return { header: text, signature: signature.toString('base64') };
}

/**
 * Reads an acknowledgement that claims to answer the envelope.
 * @param isSigned finds whether the receiving site signed the header
 */
export function readAcknowledgement(
  acknowledgement: Acknowledgement,
  link: LinkName,
  envelopeHeader: string,
  isSigned: (header: string, signature: string) => boolean,
): Result<
  AcknowledgementHeader,
  'acknowledgement-malformed' | 'acknowledgement-foreign' | 'signature-wrong'
> {
  const { header, signature } = acknowledgement;
  const parsed = headerShape.safeParse(parseJson(header));
  if (!parsed.success) return fail('acknowledgement-malformed', 'the header is not of version 1');
  if (!isSigned(header, signature)) return fail('signature-wrong', 'not signed by the receiving site');
  const { link: name, from, envelopeSha256 } = parsed.data;
  if (name !== formatLinkName(link) || from !== link.to || envelopeSha256 !== sha256Of(envelopeHeader))
    return fail('acknowledgement-foreign', 'it answers another envelope');
  return ok(parsed.data);
}

/**
 * Where concurrent orders of one process meet: those that wait are prepared, and handed out, together. With a commit to
 * disk in each step, this is what the number of certificates a second depends on; alone, an order does not wait. Both
 * certificates of a person, which are ordered at once, go together: in two groups one would wait for the other's lock.
 */
import { Batches } from '../batches.ts';
import type { JpkiContext } from '../jpki-context.ts';
import { CERTIFICATE_KINDS } from '../profile/certificate-kind.ts';
import { type CertificateToHandOut, type HandedOut, handOut } from './hand-out.ts';
import type { CheckedOrder } from './issue-order.ts';
import { type OrderToPrepare, type Prepared, prepareOrders } from './prepare-orders.ts';

export interface IssueDesk {
  readonly preparing: Batches<OrderToPrepare, Prepared>;
  readonly handingOut: Batches<CertificateToHandOut, HandedOut>;
}

const ORDERS_MAX = 64;
const AT_ONCE = 2;

interface OfOrder {
  readonly order: CheckedOrder;
}

/** Copies of one request are decided one after the other. */
const keysToPrepare = ({ order }: OfOrder): readonly string[] => [`request ${order.requestId}`];

/** What is handed out together ends different certificates: of a card those of its kind, of a phone of any. */
const keysToHandOut = ({ order }: OfOrder): readonly string[] =>
  (order.application === undefined ? [order.kind] : CERTIFICATE_KINDS).map(
    (kind) => `${order.residentCode} ${kind}`,
  );

/** Whose lock each group takes. */
const ownerOf = ({ order }: OfOrder): string => order.residentCode;

const desks = new WeakMap<JpkiContext, IssueDesk>();

export function deskOf(context: JpkiContext): IssueDesk {
  const known = desks.get(context);
  if (known) return known;
  const bounds = { itemsMax: ORDERS_MAX, atOnce: AT_ONCE, ownerOf };
  const desk: IssueDesk = {
    preparing: new Batches({
      ...bounds,
      keysOf: keysToPrepare,
      run: (orders: readonly OrderToPrepare[]) => prepareOrders(context, orders),
    }),
    handingOut: new Batches({
      ...bounds,
      keysOf: keysToHandOut,
      run: (signed: readonly CertificateToHandOut[]) => handOut(context, signed),
    }),
  };
  desks.set(context, desk);
  return desk;
}

/**
 * Where concurrent orders of one process meet: those that wait are prepared, and handed out, together. With a commit to
 * disk in each step, this is what the number of certificates a second depends on; alone, an order does not wait.
 */
import { Batches } from '../batches.ts';
import type { JpkiContext } from '../jpki-context.ts';
import { type CertificateToHandOut, type HandedOut, handOut } from './hand-out.ts';
import type { CheckedOrder } from './issue-order.ts';
import { type OrderToPrepare, type Prepared, prepareOrders } from './prepare-orders.ts';

export interface IssueDesk {
  readonly preparing: Batches<OrderToPrepare, Prepared>;
  readonly handingOut: Batches<CertificateToHandOut, HandedOut>;
}

const ORDERS_MAX = 64;
const AT_ONCE = 2;

/** Two orders of one person or one request are decided one after the other. */
const keysOf = ({ order }: { readonly order: CheckedOrder }): readonly string[] => [
  `person ${order.residentCode}`,
  `request ${order.requestId}`,
];

const desks = new WeakMap<JpkiContext, IssueDesk>();

export function deskOf(context: JpkiContext): IssueDesk {
  const known = desks.get(context);
  if (known) return known;
  const bounds = { itemsMax: ORDERS_MAX, atOnce: AT_ONCE };
  const desk: IssueDesk = {
    preparing: new Batches({
      ...bounds,
      keysOf,
      run: (orders: readonly OrderToPrepare[]) => prepareOrders(context, orders),
    }),
    handingOut: new Batches({
      ...bounds,
      keysOf,
      run: (signed: readonly CertificateToHandOut[]) => handOut(context, signed),
    }),
  };
  desks.set(context, desk);
  return desk;
}

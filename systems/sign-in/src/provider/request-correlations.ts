/** The id that the edge gave a request, for entries that are written while the protocol's library handles it. */
import type { IncomingMessage } from 'node:http';

const ids = new WeakMap<IncomingMessage, string>();

export const correlate = (request: IncomingMessage, requestId: string): void => {
  ids.set(request, requestId);
};

export function correlationOf(request: IncomingMessage): string {
  const id = ids.get(request);
  if (id === undefined) throw new Error('a request came past the edge');
  return id;
}

/** The transport between sites of one process: no copy and no JSON of the envelope, but the same proofs as any other. */
import { fail, type Result } from '@ishizue/outcome';
import type { Acknowledgement } from './acknowledgement.ts';
import type { Receivers } from './receivers.ts';
import type { Transport } from './transport.ts';

/** Hands envelopes to the receivers of this process. A receipt that takes longer goes on; its answer is not awaited. */
export function inProcessTransport(
  receivers: Pick<Receivers, 'receive'>,
  options: { readonly timeoutMs?: number } = {},
): Transport {
  const timeoutMs = options.timeoutMs ?? 30_000;
  return {
    deliver: (_toSite, envelope) => {
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<Result<Acknowledgement>>((resolve) => {
        timer = setTimeout(
          () => resolve(fail('transport-timeout', `no answer in ${timeoutMs} ms`)),
          timeoutMs,
        );
      });
      return Promise.race([receivers.receive(envelope), timeout]).finally(() => clearTimeout(timer));
    },
  };
}

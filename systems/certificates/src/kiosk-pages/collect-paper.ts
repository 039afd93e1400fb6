/**
 * Waits for the municipality’s answer as a kiosk polls, by counted looks, and takes the paper once. Whoever is gone meanwhile takes
 * none. Invariant: what is handed out is of the request that was asked for.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { findRequest } from '../centre/find-request.ts';
import { isEnd } from '../centre/request-state.ts';
import { type TakenDocument, takeDocument } from '../centre/take-document.ts';
import type { CertificatesContext } from '../certificates-context.ts';

const LOOKS_MAX = 50;
const LOOK_EVERY_MS = 200;

/** A paper, the code of what was refused, or neither: not yet. */
export type Collected =
  | { readonly paper: TakenDocument }
  | { readonly refused: string }
  | { readonly waiting: true };

/** @param signal aborts when nobody waits any more */
export async function collectPaper(
  context: CertificatesContext,
  requestId: string,
  token: string,
  signal: AbortSignal,
): Promise<Collected> {
  for (let looks = 1; !signal.aborted; looks++) {
    const found = await findRequest(context, requestId);
    if (!found.ok) return { refused: found.failure.code };
    const { state, code } = found.value;
    if (state === 'rendered' || isEnd(state)) return take(context, requestId, token, code);
    if (looks === LOOKS_MAX) break;
    // an abort ends the pause, and the condition above the loop
    await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return { waiting: true };
}

/** @param reason why the request was refused, where it was */
async function take(
  context: CertificatesContext,
  requestId: string,
  token: string,
  reason: string | null,
): Promise<Collected> {
  const taken = await takeDocument(context, requestId, token);
  if (!taken.ok) {
    const { code } = taken.failure;
    return { refused: code === 'request-refused' ? (reason ?? code) : code };
  }
  if (taken.value.requestId !== requestId) throw new Error('a paper is of another request');
  return { paper: taken.value };
}

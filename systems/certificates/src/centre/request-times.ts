/** How long a request may stay in a state. Each time-out ends the whole request: no part of it lives on. */

/** From opening to the card's proof, as long as the challenge holds. */
export const SUBMIT_MS = 2 * 60_000;
/** From routing to the municipality's answer. */
export const ANSWER_MS = 60_000;
/** From the answer to its collection; then the paper is deleted. */
export const COLLECT_MS = 5 * 60_000;

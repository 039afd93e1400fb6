/** How a link is getting on, in one word, by what a duty officer would do: act, look, wait, nothing. */
import type { LinkView } from './country-view.ts';

/** `stopped`: someone must act. `late`: slower than it should be. `moving`: under way. `quiet`: nothing waits. */
export type LinkCondition = 'stopped' | 'late' | 'moving' | 'quiet';

/** A message should be acknowledged well within this. */
const LATE_SECONDS = 60;

const WORST_FIRST: readonly LinkCondition[] = ['stopped', 'late', 'moving', 'quiet'];

export function conditionOf(link: LinkView): LinkCondition {
  if (link.parked > 0) return 'stopped';
  const isLate = link.oldestSeconds !== null && link.oldestSeconds >= LATE_SECONDS;
  if (isLate || link.held > 0 || link.lastErrorCode !== null) return 'late';
  return link.unacknowledged > 0 ? 'moving' : 'quiet';
}

/** The worst of several; `quiet` of none. */
export function worstOf(conditions: readonly LinkCondition[]): LinkCondition {
  return WORST_FIRST.find((condition) => conditions.includes(condition)) ?? 'quiet';
}

/** Links by trouble, the worst first, then by name. */
export function byTrouble(links: readonly LinkView[]): readonly LinkView[] {
  const rank = (link: LinkView): number => WORST_FIRST.indexOf(conditionOf(link));
  return links.toSorted((a, b) => rank(a) - rank(b) || (a.link < b.link ? -1 : 1));
}

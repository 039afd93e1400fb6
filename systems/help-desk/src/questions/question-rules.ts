/**
 * What a caller is asked before anything is said or done about a person, by the date of the call. No text of law or of the
 * centre says which questions: the law puts no form on a report of loss, and the centre does not publish its questions. The
 * rule is ours: to stop a card, which harms nobody's secrets and is confirmed by letter, the items of a strict search do; to
 * tell anything, something besides them that is not in the register of addresses.
 */
import { DatedRules } from '@ishizue/rules';

/** To stop the card, or to be told how it stands. */
export const CHECK_PURPOSES = ['suspension', 'standing'] as const;
export type CheckPurpose = (typeof CHECK_PURPOSES)[number];

/** By what the person was found. */
export const FOUND_BY = ['items', 'card', 'application'] as const;
export type FoundBy = (typeof FOUND_BY)[number];

export const QUESTIONS = ['name', 'birth-date', 'address', 'card-expires-on', 'handed-over-in'] as const;
export type Question = (typeof QUESTIONS)[number];

interface Asking {
  readonly questions: readonly Question[];
  /** How many of them must be right; each counts once. */
  readonly rights_needed: number;
}

export interface QuestionRule {
  readonly asked: Readonly<Record<CheckPurpose, Readonly<Record<FoundBy, Asking>>>>;
  /** Wrong answers that end a check. */
  readonly wrongs_max: number;
  /** Wrong answers about one person, in any checks, after which nothing more is asked about them for a time. */
  readonly misses_max: number;
  /** That time, from the oldest of those answers. */
  readonly blocked_minutes: Readonly<Record<CheckPurpose, number>>;
  /** A check is for one call. */
  readonly check_minutes: number;
}

const REGISTERED: readonly Question[] = ['name', 'birth-date', 'address'];
const OF_THE_CARD: readonly Question[] = ['card-expires-on', 'handed-over-in'];

export const QUESTION_RULES = new DatedRules<QuestionRule>('identity questions', [
  {
    validFrom: '2016-01-01', // since cards are issued
    source: 'ours; domain rules 15: identity questions before a suspension',
    rule: {
      asked: {
        suspension: {
          items: { questions: [], rights_needed: 0 },
          card: { questions: REGISTERED, rights_needed: 2 },
          application: { questions: REGISTERED, rights_needed: 2 },
        },
        standing: {
          items: { questions: OF_THE_CARD, rights_needed: 1 },
          card: { questions: [...REGISTERED, 'handed-over-in'], rights_needed: 4 },
          application: { questions: REGISTERED, rights_needed: 3 },
        },
      },
      wrongs_max: 2,
      misses_max: 4,
      // short where the card is to be stopped: nobody is to keep it usable by guessing wrong on purpose
      blocked_minutes: { suspension: 15, standing: 24 * 60 },
      check_minutes: 20,
    },
  },
]);

/**
 * The life of one planned mover (転出予定者) at the municipality that is left. The record stays current until the planned
 * day is over or the move-in notice comes; the plan ends when the person has arrived somewhere, or is taken back. A special
 * one expires: the information is worth nothing any more, but the person may still arrive with a paper.
 */
export const MOVER_STATES = ['planned', 'out', 'cancelled', 'expired'] as const;
export type MoverState = (typeof MOVER_STATES)[number];

/** What happens to a planned mover. */
export type MoverStep = 'arrive' | 'cancel' | 'expire';

const STEPS: Readonly<Record<MoverState, Readonly<Partial<Record<MoverStep, MoverState>>>>> = {
  planned: { arrive: 'out', cancel: 'cancelled', expire: 'expired' },
  expired: { arrive: 'out', cancel: 'cancelled' },
  out: {},
  cancelled: {},
};

/** The state after a step; undefined where the step is not open. */
export const moverAfter = (state: MoverState, step: MoverStep): MoverState | undefined => STEPS[state][step];

/** Whether the person is still awaited somewhere. */
export const isOpenMover = (state: MoverState): boolean => moverAfter(state, 'arrive') !== undefined;

/** The states of one application on one card, and how it comes from one to another. */

export type LoadingState =
  | 'consented'
  | 'authentic'
  | 'installed'
  | 'personalised'
  | 'loaded'
  | 'blocked'
  | 'deleted'
  | 'refused';

/** From which states a state is reached. A loading that reached the card is deleted there, never refused. */
const BEFORE: Readonly<Record<LoadingState, readonly LoadingState[]>> = {
  consented: [],
  authentic: ['consented'],
  installed: ['authentic'],
  personalised: ['installed'],
  loaded: ['personalised', 'blocked'],
  blocked: ['loaded'],
  deleted: ['installed', 'personalised', 'loaded', 'blocked'],
  refused: ['consented', 'authentic'],
};

export const mayBecome = (from: LoadingState, to: LoadingState): boolean => BEFORE[to].includes(from);

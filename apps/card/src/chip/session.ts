/**
 * What the card knows only while it has power: what is selected, which PINs were shown, a chain that is not whole yet, and
 * the rest of an answer. Gone with power off and reset; the PINs shown and the file selected also where another
 * application is selected, or the same one again.
 */
import type { ApplicationName } from './application.ts';

export interface Session {
  readonly application: ApplicationName | undefined;
  /** The EF selected. */
  readonly fid: number | undefined;
  /** The EFs of the PINs that were shown in this application. */
  readonly shown: readonly number[];
  readonly chain: Chain | undefined;
  /** For GET RESPONSE. */
  readonly rest: Buffer;
}

/** The commands of a chain until now: they differ in their data only. */
export interface Chain {
  readonly header: string;
  readonly data: Buffer;
}

const NOTHING = Buffer.alloc(0);

/** As after power on. */
export const POWERED_UP: Session = {
  application: undefined,
  fid: undefined,
  shown: [],
  chain: undefined,
  rest: NOTHING,
};

export const withShown = (session: Session, fid: number): Session => ({
  ...session,
  shown: [...withoutShown(session, fid).shown, fid],
});

export const withoutShown = (session: Session, fid: number): Session => ({
  ...session,
  shown: session.shown.filter((one) => one !== fid),
});

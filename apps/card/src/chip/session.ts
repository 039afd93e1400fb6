/**
 * What the card knows only while it has power: what is selected, which PINs were shown, a chain that is not whole yet, and
 * the rest of an answer. Gone with power off and reset; the PINs shown and the file selected also where another
 * application is selected, or the same one again.
 */
import type { SecureChannel, SessionKeys } from '@ishizue/card-applications';
import type { ApplicationName } from './application.ts';
import type { LoadedName } from './free-area/loaded-application.ts';

export interface Session {
  readonly application: ApplicationName | LoadedName | undefined;
  /** The EF selected. */
  readonly fid: number | undefined;
  /** The EFs of the PINs that were shown in this application. */
  readonly shown: readonly number[];
  readonly chain: Chain | undefined;
  /** For GET RESPONSE. */
  readonly rest: Buffer;
  /** The last that was drawn, until it is answered. */
  readonly challenge: Buffer | undefined;
  /** Whether the factory proved itself. */
  readonly isFactory: boolean;
  /** Keys that a host asked for, until it proves that it has them. */
  readonly opening: SessionKeys | undefined;
  /** With whoever has the keys of the application that is selected. */
  readonly channel: SecureChannel | undefined;
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
  challenge: undefined,
  isFactory: false,
  opening: undefined,
  channel: undefined,
};

export const withShown = (session: Session, fid: number): Session => ({
  ...session,
  shown: [...withoutShown(session, fid).shown, fid],
});

export const withoutShown = (session: Session, fid: number): Session => ({
  ...session,
  shown: session.shown.filter((one) => one !== fid),
});

/** The country as the page shows it: its sites, and how what goes over its links is getting on. No personal data. */

export type SiteKind = 'national' | 'prefectural' | 'municipal';

export interface SiteView {
  /** `national`, `prefectural/13`, `municipal/132217`. */
  readonly site: string;
  /** `清瀬市`. */
  readonly name: string;
  /** `Kiyose-shi`; where it is absent, English pages show `name`. */
  readonly nameEn?: string;
  readonly kind: SiteKind;
}

export interface LinkView {
  /** `municipal/132217>prefectural/13:registry`. */
  readonly link: string;
  /** Messages sent and not acknowledged. */
  readonly unacknowledged: number;
  /** The age of the oldest of them; null where none waits. */
  readonly oldestSeconds: number | null;
  /** Messages that wait for one before them. */
  readonly held: number;
  /** Messages that the receiver refused and put aside under a ticket. */
  readonly parked: number;
  readonly lastAckAt: Date | null;
  /** Why the last attempt failed; null after a success. */
  readonly lastErrorCode: string | null;
}

/** An alarm of the network watch that stands. */
export interface AlarmView {
  readonly id: number;
  /** `messages-parked`; the words for it are the page's. */
  readonly code: string;
  /** A link, a site, or `site municipality`. */
  readonly about: string;
  readonly raisedAt: Date;
  readonly isAcknowledged: boolean;
}

export interface CountryView {
  readonly sites: readonly SiteView[];
  /** The first to be looked at first; not more than fit a page. */
  readonly alarms: readonly AlarmView[];
  readonly links: readonly LinkView[];
  readonly startedAt: Date;
}

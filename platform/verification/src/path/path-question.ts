/** The inputs of path validation (RFC 5280 6.1.1) and its limits. */
import type { Certificate, KeyUsage } from '@ishizue/x509';

/** How policies are asked for; all off by default, and any policy will do. */
export interface PolicyWishes {
  /** user-initial-policy-set; undefined: any policy. */
  readonly policies?: readonly string[] | undefined;
  /** initial-explicit-policy: some policy must run through the path. */
  readonly explicitPolicy?: boolean | undefined;
  /** initial-policy-mapping-inhibit. */
  readonly inhibitMapping?: boolean | undefined;
  /** initial-any-policy-inhibit. */
  readonly inhibitAny?: boolean | undefined;
}

/** One path to validate. */
export interface PathQuestion extends PolicyWishes {
  /** Whom the user trusts: its name and its key, as far as its certificate says that it may issue. */
  readonly anchor: Certificate;
  /** From the certificate that the anchor issued down to the one in question; at least one. */
  readonly path: readonly Certificate[];
  /** The instant for which the answer holds, in milliseconds since the epoch. */
  readonly at: number;
  /** Uses of which the last certificate's keyUsage, where it has one, must allow one. */
  readonly keyUsages?: readonly KeyUsage[] | undefined;
  /** The purpose that the path must be for, by its object identifier; any without it. */
  readonly purpose?: string | undefined;
}

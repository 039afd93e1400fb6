/**
 * The names of a distribution point, in a certificate or in a list (RFC 5280 4.2.1.13, 5.2.5): full names as they stand, a
 * relative name as the entry of the directory below the issuer of the list.
 */
import {
  DerReader,
  type DistributionPoint,
  derTag,
  encodeDer,
  type GeneralName,
  type Name,
  parseName,
  sameGeneralName,
} from '@ishizue/x509';
import { sameName } from '../names/name-key.ts';

/** The issuer's name with one more level, whose attributes are given; undefined where they are none. */
function belowIssuer(issuer: Name, attributes: Uint8Array): Name | undefined {
  const reader = new DerReader(issuer.der, issuer.der.length);
  const levels = reader.content(derTag.SEQUENCE);
  const der = encodeDer((writer) =>
    writer.sequence(() => {
      writer.raw(levels);
      writer.element(derTag.SET, attributes);
    }),
  );
  const name = parseName(der);
  return name.ok ? name.value : undefined;
}

/** The names under which the point is known; none where it has no name. */
export function pointNames(
  { fullName, relativeName }: Pick<DistributionPoint, 'fullName' | 'relativeName'>,
  listIssuer: Name,
): readonly GeneralName[] {
  if (fullName !== undefined) return fullName;
  const name = relativeName === undefined ? undefined : belowIssuer(listIssuer, relativeName);
  return name === undefined ? [] : [{ kind: 'directoryName', name }];
}

const same = (a: GeneralName, b: GeneralName): boolean =>
  a.kind === 'directoryName' && b.kind === 'directoryName' ? sameName(a.name, b.name) : sameGeneralName(a, b);

export const shareName = (a: readonly GeneralName[], b: readonly GeneralName[]): boolean =>
  a.some((one) => b.some((other) => same(one, other)));

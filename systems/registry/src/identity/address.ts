/** The address as identity data and certificates write it: prefecture, municipality, ward, town, lot, U+3000, building. */
import type { MunicipalityDirectory } from '@ishizue/municipalities';
import type { ResidentialAddress } from '../municipal/resident.ts';

export function formatAddress(
  municipalities: MunicipalityDirectory,
  municipality: string,
  address: ResidentialAddress,
): string {
  const area = municipalities.fullName(address.wardCode ?? municipality);
  return `${area}${address.town}${address.lot}${address.building === null ? '' : `　${address.building}`}`;
}

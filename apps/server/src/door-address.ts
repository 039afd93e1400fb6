/** Where the QR code of an application form leads: the door, at the address by which the public reaches us. */
import { DOOR_PATH } from '@ishizue/cards';
import type { Country } from './country.ts';

export const doorAddressOf = ({ configuration }: Pick<Country, 'configuration'>): string =>
  new URL(DOOR_PATH, configuration.publicOrigin).href;

/** The script of the kiosk’s page. It talks to the card by what the pages of the house share (@ishizue/jpki). */
import { CARD_SCRIPT } from '@ishizue/jpki';
import { ownScripts } from '@ishizue/pages';

const own = (name: string): URL => new URL(`../../assets/kiosk/${name}`, import.meta.url);

export const kioskScript = ownScripts(
  [own('kiosk.js'), CARD_SCRIPT],
  'kiosk',
  'The script of the kiosk: the card in the reader',
);

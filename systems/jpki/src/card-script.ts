/** The script by which a page speaks to the card in a reader: whoever serves a page that does adds it to the page's own scripts. */
export const CARD_SCRIPT = new URL('../assets/card.js', import.meta.url);

/**
 * The kiosk’s page: the PIN goes into the card, the card’s signature into the form that is posted. The PIN is emptied after each
 * use and when the page is left.
 */

import { base64Of, CardTrouble, octetsOfBase64, pinOf, sayerOf, signWithCard } from './card.js';

const part = (id) => document.getElementById(id);
const kiosk = part('kiosk');
const submission = part('submission');
const say = sayerOf(part('words'));

function tell(code, values = {}, isRefusal = false) {
  const told = part('told');
  told.textContent = say(code, values);
  told.classList.toggle('refused', isRefusal);
}

/** The PIN as it was typed; the input is empty from here on. */
function takePin() {
  const { value } = part('pin');
  part('pin').value = '';
  return value;
}

function fill(certificate, signature) {
  submission.elements.namedItem('certificate').value = certificate;
  submission.elements.namedItem('signature').value = signature;
}

async function sign() {
  part('sign').disabled = true;
  tell('signing');
  try {
    const pin = pinOf('authentication', takePin());
    const { port, challenge } = kiosk.dataset;
    const signed = await signWithCard(Number(port), pin, octetsOfBase64(challenge));
    fill(base64Of(signed.certificate), base64Of(signed.signature));
    // the challenge is for one try: the button stays off
    tell('signed');
    submission.requestSubmit();
    // a download leaves the page as it is
    fill('', '');
  } catch (error) {
    part('sign').disabled = false;
    if (!(error instanceof CardTrouble)) throw error;
    tell(error.code, error.values, true);
    part('pin').focus();
  }
}

part('pin-form').addEventListener('submit', (event) => {
  event.preventDefault();
  void sign();
});
addEventListener('pagehide', takePin);
// before this a press would do nothing
part('sign').disabled = false;

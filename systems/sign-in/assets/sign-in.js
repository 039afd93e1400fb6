/**
 * The card in the holder's own reader signs the text of the page: certificate and signature go into the form that is there for them. The
 * PIN goes to the card and nowhere else; its input is emptied when it was used, and when the page is left.
 */
import { base64Of, CardTrouble, octetsOfBase64, pinOf, sayerOf, signWithCard } from './card.js';

const part = (id) => document.getElementById(id);
const reader = part('reader');
const pin = part('reader-pin');
const button = part('reader-sign');
const told = part('reader-told');
const proof = part('proof');
const say = sayerOf(part('words'));

function tell(code, values, isRefusal = false) {
  told.textContent = say(code, values);
  told.classList.toggle('refused', isRefusal);
}

async function sign() {
  const typed = pin.value;
  pin.value = '';
  const { certificate, signature } = await signWithCard(
    Number(reader.dataset.port),
    pinOf('authentication', typed),
    octetsOfBase64(reader.dataset.statement),
  );
  proof.elements.namedItem('certificate').value = base64Of(certificate);
  proof.elements.namedItem('signature').value = base64Of(signature);
}

/** The button stays off while the page is left: a text is tried once. */
async function signIn() {
  button.disabled = true;
  tell('signing');
  try {
    await sign();
    tell('signed');
    proof.requestSubmit();
  } catch (error) {
    button.disabled = false;
    if (!(error instanceof CardTrouble)) throw error;
    tell(error.code, error.values, true);
    pin.focus();
  }
}

reader.addEventListener('submit', (event) => {
  event.preventDefault();
  if (!button.disabled) void signIn();
});
addEventListener('pagehide', () => {
  pin.value = '';
  told.textContent = '';
  button.disabled = false;
});
// before this a press would do nothing
button.disabled = false;

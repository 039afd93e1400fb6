/**
 * The counter’s page: the buttons, what is said beside them, and what the form posts at the end. Everything that the page has
 * learnt is emptied when it is left.
 */

import {
  base64Of,
  CardTrouble,
  hexOf,
  octetsOfBase64,
  pinOf,
  readFace,
  sayerOf,
  setPinsAndSign,
  sha256,
} from './card.js';

const counter = document.getElementById('counter');
const port = Number(counter.dataset.port);
const part = (id) => document.getElementById(id);
const say = sayerOf(part('words'));
const pictures = [];

function tell(place, code, values, isRefusal = false) {
  const told = part(place);
  told.textContent = say(code, values);
  told.classList.toggle('refused', isRefusal);
}

/** Does the work of a form’s button once at a time, and says beside it how it went. */
function onSubmit(inForm, button, place, begun, done, work) {
  const run = async () => {
    part(button).disabled = true;
    tell(place, begun);
    try {
      await work();
      tell(place, done);
    } catch (error) {
      if (!(error instanceof CardTrouble)) throw error;
      tell(place, error.code, error.values, true);
    } finally {
      part(button).disabled = false;
    }
  };
  part(inForm).addEventListener('submit', (event) => {
    event.preventDefault();
    void run();
  });
}

function show(place, octets, type, alt) {
  const picture = new Image();
  const address = URL.createObjectURL(new Blob([octets], { type }));
  pictures.push(address);
  picture.alt = alt;
  picture.addEventListener('error', () => picture.replaceWith(say('card-unreadable')));
  picture.src = address;
  part(place).replaceChildren(picture);
}

const labelOf = (place) => part(place).closest('figure')?.querySelector('figcaption')?.textContent ?? '';

async function showFace() {
  const { name, address, photo, picture, hasSignature } = await readFace(port, part('number').value.trim());
  show('chip-name', name, 'image/png', part('chip-name').previousElementSibling.textContent);
  show('chip-address', address, 'image/png', part('chip-address').previousElementSibling.textContent);
  if (picture) show('photo', picture, 'image/png', labelOf('photo'));
  else part('photo').textContent = say(photo.length === 0 ? 'photo-none' : 'photo-unshown');
  field('faceSha256').value = photo.length === 0 ? '' : hexOf(await sha256(photo));
  part('faces').hidden = false;
  if (!hasSignature) counter.querySelector('[data-pin="signature"]')?.closest('fieldset').remove();
  part('sign').disabled = false;
  await openCamera();
}

/** What the camera sees, live: nothing of it is taken. */
async function openCamera() {
  const place = part('camera');
  if (!place || place.firstElementChild) return;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true });
    const video = document.createElement('video');
    Object.assign(video, { autoplay: true, muted: true, playsInline: true, srcObject: stream });
    video.setAttribute('aria-label', labelOf('camera'));
    place.replaceChildren(video);
  } catch {
    place.textContent = say('camera-none');
  }
}

const form = part('completion');
const field = (name) => form.elements.namedItem(name);
const pinInputs = () => Array.from(counter.querySelectorAll('[data-pin]'));
const againOf = (input) => counter.querySelector(`[data-again="${input.dataset.pin}"]`);

/** What was typed, of the kinds that are shown; the others are as the authentication PIN. */
function typedPins() {
  const pins = new Map();
  const first = counter.querySelector('[data-pin="authentication"]');
  for (const input of pinInputs()) {
    const { pin: kind } = input.dataset;
    const source = part('same').checked && part('others').contains(input) ? first : input;
    if (source.value !== againOf(source).value) throw new CardTrouble('pins-differ');
    pins.set(kind, pinOf(kind, source.value));
  }
  return pins;
}

function emptyPins() {
  for (const input of pinInputs()) for (const one of [input, againOf(input)]) one.value = '';
}

async function signChallenge() {
  const { certificate, signature } = await setPinsAndSign(
    port,
    typedPins(),
    octetsOfBase64(counter.dataset.challenge),
  );
  emptyPins();
  field('certificate').value = base64Of(certificate);
  field('signature').value = base64Of(signature);
  part('complete').disabled = false;
}

function forget() {
  emptyPins();
  part('number').value = '';
  for (const address of pictures.splice(0)) URL.revokeObjectURL(address);
  for (const place of ['photo', 'chip-name', 'chip-address']) part(place).replaceChildren();
  const video = counter.querySelector('video');
  for (const track of video?.srcObject?.getTracks() ?? []) track.stop();
  part('faces').hidden = true;
}

onSubmit('face-form', 'read', 'read-told', 'reading', 'read', showFace);
onSubmit('pins-form', 'sign', 'sign-told', 'signing', 'signed', signChallenge);
part('same').addEventListener('change', () => {
  part('others').hidden = part('same').checked;
});
addEventListener('pagehide', forget);
// before this a press would do nothing
part('read').disabled = false;

/**
 * The `ishizue` command: verbs over an installation, each loaded when it is called. Exit codes: 0 done; 1 refused, failed
 * or found wrong; 2 unusable input, settings or arguments; 130 or 143 interrupted. With --json a verb's last line on
 * standard output is one JSON document; progress goes to standard error.
 */
import { defineCommand } from 'citty';

export const ishizue = defineCommand({
  meta: {
    name: 'ishizue',
    description: '礎: the shared infrastructure of municipalities, as open software',
  },
  subCommands: {
    start: () => import('./verbs/start.ts').then((verb) => verb.start),
    life: () => import('./verbs/life.ts').then((verb) => verb.life),
    import: () => import('./verbs/import.ts').then((verb) => verb.importVerb),
    generate: () => import('./verbs/generate.ts').then((verb) => verb.generate),
    links: () => import('./verbs/links.ts').then((verb) => verb.links),
    alarms: () => import('./verbs/alarms.ts').then((verb) => verb.alarms),
    ticket: () => import('./verbs/ticket.ts').then((verb) => verb.ticket),
    reconcile: () => import('./verbs/reconcile.ts').then((verb) => verb.reconcile),
    numbering: () => import('./verbs/numbering.ts').then((verb) => verb.numbering),
    'code-notices': () => import('./verbs/code-notices.ts').then((verb) => verb.codeNotices),
    'application-forms': () => import('./verbs/application-forms.ts').then((verb) => verb.applicationForms),
    'delivery-notices': () => import('./verbs/delivery-notices.ts').then((verb) => verb.deliveryNotices),
    'expiry-notices': () => import('./verbs/expiry-notices.ts').then((verb) => verb.expiryNotices),
    'procedure-notices': () => import('./verbs/procedure-notices.ts').then((verb) => verb.procedureNotices),
    'call-centre': () => import('./verbs/call-centre.ts').then((verb) => verb.callCentre),
    overseas: () => import('./verbs/overseas.ts').then((verb) => verb.overseas),
    movement: () => import('./verbs/movement.ts').then((verb) => verb.movement),
    agency: () => import('./verbs/agency.ts').then((verb) => verb.agency),
    ceremony: () => import('./verbs/ceremony.ts').then((verb) => verb.ceremony),
    verifier: () => import('./verbs/verifier.ts').then((verb) => verb.verifier),
    client: () => import('./verbs/client.ts').then((verb) => verb.client),
    'local-authentication': () =>
      import('./verbs/local-authentication.ts').then((verb) => verb.localAuthentication),
    operator: () => import('./verbs/operator.ts').then((verb) => verb.operator),
    key: () => import('./verbs/key.ts').then((verb) => verb.key),
    clock: () => import('./verbs/clock.ts').then((verb) => verb.clock),
    retention: () => import('./verbs/retention.ts').then((verb) => verb.retention),
    ledger: () => import('./verbs/ledger.ts').then((verb) => verb.ledger),
    card: () => import('./verbs/card.ts').then((verb) => verb.card),
    verify: () => import('./verbs/verify.ts').then((verb) => verb.verify),
    db: () => import('./verbs/db.ts').then((verb) => verb.db),
  },
});

/** The frame of pages on which officers work and forms are filled in. */
import type { Actor, SafeHtml } from '@ishizue/http';
import { officeStylesheet } from './assets.ts';
import { type Framed, frame, type SignedIn } from './frame.ts';
import { inLanguage, otherLanguage } from './language.ts';

export interface OfficeFramed extends Omit<Framed, 'stylesheets' | 'other'> {
  /** This page without its language; absent where it is no page to come back to. */
  readonly here?: string;
  /** Besides the office's. */
  readonly stylesheets?: readonly string[];
}

export const officeFrame = ({ here, stylesheets = [], ...framed }: OfficeFramed): SafeHtml =>
  frame({
    ...framed,
    stylesheets: [officeStylesheet.path, ...stylesheets],
    other: here === undefined ? undefined : inLanguage(here, otherLanguage(framed.language)),
  });

/** What a page must know of the call that asks for it. */
export interface PageCall {
  readonly actor: Actor;
  readonly site: string;
  readonly forgeryField: () => SafeHtml;
}

/** An operator has a way to their desk and out; nobody else has one. */
export const signedInOf = ({ actor, site, forgeryField }: PageCall): SignedIn | undefined =>
  actor.kind === 'operator' ? { site, operator: actor.operator, forgeryField: forgeryField() } : undefined;

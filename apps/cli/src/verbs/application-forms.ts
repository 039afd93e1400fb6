/**
 * `ishizue application-forms run | posted | returns`: forms (交付申請書) to those who were born, moved in, were entered, or got another
 * number or code, and have no card. Flow: docs/flows/application-forms.md.
 */
import { FORM_RETURNS, formBook } from '@ishizue/cards';
import { doorAddressOf } from '@ishizue/server';
import { defineCommand } from 'citty';
import { commandLineAccess } from '../command-line-access.ts';
import { letterCommands } from '../letter-commands.ts';

export const applicationForms = defineCommand({
  meta: {
    name: 'application-forms',
    description: 'Application forms for those who have no card: run, posted, returns',
  },
  subCommands: letterCommands({
    what: 'application forms',
    accessOf: () => commandLineAccess('番号法 第16条の2', 'card-application-form'),
    deskOf: (country) => country.systems.formLetters,
    bookOf: (country) => formBook(doorAddressOf(country)),
    returns: FORM_RETURNS,
    folderOf: (country) => country.directory.applicationForms,
  }),
});

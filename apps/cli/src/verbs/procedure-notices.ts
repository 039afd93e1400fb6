/**
 * `ishizue procedure-notices run | posted | returns`: notices of card applications as letters, to applicants who have neither an account nor
 * gave an e-mail address. Flow: docs/flows/procedure-notices.md.
 */
import { COUNTRY, NOTICE_RETURNS, noticeBook } from '@ishizue/cards';
import { defineCommand } from 'citty';
import { commandLineAccess } from '../command-line-access.ts';
import { letterCommands } from '../letter-commands.ts';

export const procedureNotices = defineCommand({
  meta: {
    name: 'procedure-notices',
    description: 'Notices of card applications as letters: run, posted, returns',
  },
  subCommands: letterCommands({
    what: 'notices',
    accessOf: () => commandLineAccess('番号法 第16条の2', 'procedure-notice'),
    deskOf: (country) => country.systems.noticeLetters,
    bookOf: () => noticeBook,
    returns: NOTICE_RETURNS,
    folderOf: (country) => country.directory.procedureNotices,
    of: COUNTRY,
  }),
});

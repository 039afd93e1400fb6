/** The role of an operator of the national site who takes applications and hands cards over. */
export const CARD_CLERK = 'card-clerk';

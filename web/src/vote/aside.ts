/** All that useAside fetches, in one file. */
import { NotOpenYet } from './NotOpenYet';
import { Outcome } from './Outcome';
import { asideIsHere } from './useAside';
import { VoteNotice } from './VoteNotice';

export const aside = { NotOpenYet, Outcome, VoteNotice };
asideIsHere(aside);

import { messages as api } from '../api/locales/en.po';
import { messages as app } from '../app/locales/en.po';
import { messages as feed } from '../feed/locales/en.po';
import { messages as live } from '../live/locales/en.po';
import { messages as loading } from '../loading/locales/en.po';
import { messages as results } from '../results/locales/en.po';
import { messages as session } from '../session/locales/en.po';
import { messages as ui } from '../ui/locales/en.po';
import { messages as vote } from '../vote/locales/en.po';

export const messages = {
  ...api,
  ...app,
  ...feed,
  ...live,
  ...loading,
  ...results,
  ...session,
  ...ui,
  ...vote,
};

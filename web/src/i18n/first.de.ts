import { messages as api } from '../api/locales/de.po';
import { messages as app } from '../app/locales/de.po';
import { messages as feed } from '../feed/locales/de.po';
import { messages as live } from '../live/locales/de.po';
import { messages as loading } from '../loading/locales/de.po';
import { messages as results } from '../results/locales/de.po';
import { messages as session } from '../session/locales/de.po';
import { messages as ui } from '../ui/locales/de.po';
import { messages as vote } from '../vote/locales/de.po';

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

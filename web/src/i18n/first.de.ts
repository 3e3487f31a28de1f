import { messages as app } from '../app/locales/de.po';
import { messages as feed } from '../feed/locales/de.po';
import { messages as loading } from '../loading/locales/de.po';
import { messages as session } from '../session/locales/de.po';
import { messages as vote } from '../vote/locales/de.po';

export const messages = {
  ...app,
  ...feed,
  ...loading,
  ...session,
  ...vote,
};

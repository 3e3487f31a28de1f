import { messages as app } from '../app/locales/en.po';
import { messages as feed } from '../feed/locales/en.po';
import { messages as loading } from '../loading/locales/en.po';
import { messages as session } from '../session/locales/en.po';
import { messages as vote } from '../vote/locales/en.po';

export const messages = {
  ...app,
  ...feed,
  ...loading,
  ...session,
  ...vote,
};

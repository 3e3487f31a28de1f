import { messages as api } from '../api/locales/de.po';
import { messages as live } from '../live/locales/de.po';
import { messages as results } from '../results/locales/de.po';
import { messages as ui } from '../ui/locales/de.po';
import { messages as aside } from '../vote/locales/aside/de.po';

export const messages = {
  ...api,
  ...live,
  ...results,
  ...ui,
  ...aside,
};

import { messages as api } from '../api/locales/en.po';
import { messages as live } from '../live/locales/en.po';
import { messages as results } from '../results/locales/en.po';
import { messages as ui } from '../ui/locales/en.po';
import { messages as aside } from '../vote/locales/aside/en.po';

export const messages = {
  ...api,
  ...live,
  ...results,
  ...ui,
  ...aside,
};

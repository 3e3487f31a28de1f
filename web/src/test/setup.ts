import { i18n } from '@lingui/core';
import { cleanup, configure } from '@testing-library/react';
import { afterEach, beforeEach } from 'vitest';
import { messages } from '~/i18n/first.en';
import { restServices } from './services';

// Limits, not waits: the machine may be busy.
configure({ asyncUtilTimeout: 30_000 });

beforeEach(() => i18n.loadAndActivate({ locale: 'en', messages }));
afterEach(() => {
  cleanup();
  restServices();
  localStorage.clear();
});

import { i18n } from '@lingui/core';
import { cleanup, configure } from '@testing-library/react';
import { afterAll, afterEach, beforeEach, vi } from 'vitest';
import { messages as first } from '~/i18n/first.en';
import { messages as shared } from '~/i18n/shared.en';
import { restServices } from './services';

// Limits, not waits: the machine may be busy.
configure({ asyncUtilTimeout: 60_000 });

beforeEach(() => i18n.loadAndActivate({ locale: 'en', messages: { ...first, ...shared } }));
afterEach(() => {
  cleanup();
  restServices();
  localStorage.clear();
});
/** The browser's own, whatever a test puts in their place. */
const { requestAnimationFrame, setTimeout } = globalThis;

/**
 * Code that is still on its way would find no document, and try again without one; so would
 * what waits for a frame to be fetched.
 */
afterAll(async () => {
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  await vi.dynamicImportSettled();
});

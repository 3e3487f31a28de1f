import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'e2e',
  outputDir: '../build/web-e2e',
  workers: 3, // they wait more than they compute
  timeout: 300_000, // limits, not waits: the machine may be busy
  expect: { timeout: 60_000 }, // the page itself may wait 30 s between two tries
  forbidOnly: true,
  reporter: [['list'], ['json', { outputFile: '../build/web-e2e.json' }]],
  use: {
    locale: 'en-US',
    viewport: { width: 390, height: 844 },
    // Recording costs time, and nobody sees what a CI run leaves behind.
    trace: process.env.CI === undefined ? 'retain-on-failure' : 'off',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});

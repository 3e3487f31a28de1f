/**
 * A mistake of ours must not leave an empty page behind: a screen that fails is made anew,
 * with all that is kept outside of it, unless it fails again and again.
 */
import { Trans } from '@lingui/react/macro';
import { Component, type ReactNode } from 'react';
import { LoadAgain } from '~/loading/LoadAgain';

const MOST = 3;
const SOON_MS = 10_000;

export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  private failures: number[] = [];

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidCatch() {
    const now = Date.now();
    this.failures = [...this.failures.filter((at) => now - at < SOON_MS), now];
    if (this.failures.length <= MOST) this.setState({ failed: false });
  }

  override render() {
    return this.state.failed ? <Failed /> : this.props.children;
  }
}

function Failed() {
  return (
    <main id="main" tabIndex={-1} className="mx-auto w-full max-w-md p-6 outline-none">
      <div
        role="alert"
        className="flex flex-col items-start gap-4 rounded-3xl bg-card p-6 shadow-card"
      >
        <h1 className="text-2xl font-bold">
          <Trans>This screen has failed</Trans>
        </h1>
        <p>
          <Trans>
            Your votes are safe on the server. Loading the page again usually helps.
          </Trans>
        </p>
        <LoadAgain />
      </div>
    </main>
  );
}

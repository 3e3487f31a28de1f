/** A mistake of ours must not leave an empty page behind. */
import { Trans } from '@lingui/react/macro';
import { Component, type ReactNode } from 'react';
import { Button } from '~/ui/Button';

export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <main className="mx-auto flex max-w-md flex-col items-start gap-4 p-8" role="alert">
        <h1 className="text-2xl font-bold">
          <Trans>This screen has failed</Trans>
        </h1>
        <p>
          <Trans>
            Your votes are safe on the server. Loading the page again usually helps.
          </Trans>
        </p>
        <Button kind="primary" onClick={() => location.reload()}>
          <Trans>Load again</Trans>
        </Button>
      </main>
    );
  }
}

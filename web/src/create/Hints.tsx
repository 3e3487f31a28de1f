/** What the reader should know before they write. */
import { Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { useMe } from '~/session/session';
import { Button, ButtonLink } from '~/ui/Button';

function Hint({ children }: { children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-xl border border-line bg-card py-2 pr-2 pl-4">
      {children}
    </div>
  );
}

interface RestoredHintProps {
  isCopy: boolean;
  onStartOver: () => void;
}

export function RestoredHint({ isCopy, onStartOver }: RestoredHintProps) {
  return (
    <Hint>
      <p role="status" className="grow text-sm text-quiet">
        {isCopy ? (
          <Trans>A copy, to be changed as you like. It begins without votes.</Trans>
        ) : (
          <Trans>Draft restored.</Trans>
        )}
      </p>
      <Button kind="quiet" onClick={onStartOver}>
        <Trans>Start over</Trans>
      </Button>
    </Hint>
  );
}

/** Only a registered user may create; anybody may begin. */
export function RegisterHint() {
  const me = useMe();
  if (me === undefined || me?.kind === 'user') return null;
  return (
    <Hint>
      <p className="grow basis-60">
        <Trans>
          To create a poll you need an account. Write it now if you like: your draft is kept
          in this browser.
        </Trans>
      </p>
      <div className="flex flex-wrap gap-2">
        <ButtonLink href="/sign-in?next=/new">
          <Trans>Sign in</Trans>
        </ButtonLink>
        <ButtonLink href="/register?next=/new">
          <Trans>Create an account</Trans>
        </ButtonLink>
      </div>
    </Hint>
  );
}
